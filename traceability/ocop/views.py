"""The officer's pages: recognitions entered, put straight and withdrawn."""

from collections.abc import Callable

from flask import Blueprint, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from traceability.accounts.models import Organisation
from traceability.catalog.models import Product
from traceability.catalog.queries import product_by_public_id
from traceability.core.permissions import Role
from traceability.ocop import queries, service
from traceability.ocop.board import MAX_SHOWN, STATES, holding
from traceability.ocop.drafts import RecognitionDraft
from traceability.ocop.errors import WithdrawnBeforeError
from traceability.ocop.models import Recognition
from traceability.ocop.queries import Listed, producers_products
from traceability.ocop.rating import Standing, standing
from traceability.ocop.rules import AUTHORITY_NAMES, REASONS
from traceability.ocop.schemas import (
    DOCUMENTS,
    RecognitionSchema,
    WithdrawalSchema,
    recognition_draft,
)
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _, language
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted

blueprint = Blueprint("ocop", __name__, url_prefix="/recognitions")


@blueprint.get("")
@require(Role.OFFICER)
def index() -> Response:
    """List recognitions with what they are worth today; search and filter."""
    today = services().clock.today()
    typed, state = request.args.get("q", ""), request.args.get("state", "")
    with services().database.reading() as session:
        everything = queries.recognitions(session)
    found: list[tuple[Listed, Standing]] = [
        (one, standing([one.recognition.facts], today))
        for one in holding(everything, typed, _texts)
    ]
    shown = [pair for pair in found if state in ("", pair[1].state)]
    return render(
        "ocop/index.html",
        rows=shown[:MAX_SHOWN],
        total=len(shown),
        any_at_all=bool(everything),
        typed=typed,
        state=state,
        states=STATES,
        counts={one: sum(pair[1].state == one for pair in found) for one in STATES},
        mine=own_organisation(),
        reasons={code.value: name for code, name in REASONS.items()},
    )


def _texts(one: Listed) -> str:
    known = one.recognition
    return " ".join(
        (
            *(one.product.name_vi, one.product.name_en, one.product.gtin or ""),
            *(one.producer.name_vi, known.decision_no, known.certificate_no),
        )
    )


@blueprint.get("/new")
@require(Role.OFFICER)
def choose_product() -> Response:
    """Look for the product that was recognised."""
    typed = request.args.get("q", "")
    with services().database.reading() as session:
        pairs = producers_products(session) if typed.strip() else []
    found = holding(
        pairs, typed, lambda pair: f"{pair[0].name_vi} {pair[0].gtin} {pair[1].name_vi}"
    )
    return render(
        "ocop/choose_product.html",
        found=found[:MAX_SHOWN],
        total=len(found),
        typed=typed,
    )


@blueprint.route("/new/<product_id>", methods=["GET", "POST"])
@require(Role.OFFICER)
def enter(product_id: str) -> Response:
    """Enter a recognition of a product."""
    with services().database.reading() as session:
        product = product_by_public_id(session, product_id)
        producer = session.get_one(Organisation, product.organisation_id)

    def write(session: Session, draft: RecognitionDraft) -> None:
        notary = notary_of(services())
        service.recognise(session, draft, actor=actor(), notary=notary)

    return _form_answer(Form(RecognitionSchema()), write, product, producer)


@blueprint.route("/<public_id>/edit", methods=["GET", "POST"])
@require(Role.OFFICER)
def correct(public_id: str) -> Response:
    """Put a recognition straight."""
    one = _open(public_id)
    names = RecognitionSchema().fields.keys()
    values = {name: getattr(one.recognition, name) for name in names}

    def write(session: Session, draft: RecognitionDraft) -> None:
        known = queries.recognition_by_public_id(session, public_id).recognition
        notary = notary_of(services())
        service.correct(session, known, draft, actor=actor(), notary=notary)

    form = Form(RecognitionSchema(), values)
    return _form_answer(form, write, one.product, one.producer, one.recognition)


def _open(public_id: str) -> Listed:
    """Return a recognition this officer may still change."""
    with services().database.reading() as session:
        one = queries.recognition_by_public_id(session, public_id)
    service.refuse_foreign(one.recognition, actor())
    if one.recognition.withdrawn_on is not None:
        raise WithdrawnBeforeError("This recognition was withdrawn before.")
    return one


def _form_answer(
    form: Form,
    write: Callable[[Session, RecognitionDraft], None],
    product: Product,
    producer: Organisation,
    recognition: Recognition | None = None,
) -> Response:
    def write_draft(session: Session) -> None:
        write(session, recognition_draft(form.data, product.id))

    status = submitted(form, write_draft)
    if status == STORED:
        return gone_on(_("The recognition is signed and logged."), url_for(".index"))
    spoken = language()
    return render(
        "ocop/recognition.html",
        status,
        form=form,
        product=product,
        producer=producer,
        recognition=recognition,
        documents=[(one, one) for one in DOCUMENTS],
        authorities=[
            (one.value, name.in_language(spoken))
            for one, name in AUTHORITY_NAMES.items()
        ],
    )


@blueprint.route("/<public_id>/withdraw", methods=["GET", "POST"])
@require(Role.OFFICER)
def withdraw(public_id: str) -> Response:
    """Take a recognition back."""
    one = _open(public_id)
    form = Form(WithdrawalSchema(), {"withdrawn_on": services().clock.today()})

    def write(session: Session) -> None:
        service.withdraw(
            session,
            queries.recognition_by_public_id(session, public_id).recognition,
            on=form.data["withdrawn_on"],
            reason=form.data["reason"],
            actor=actor(),
            notary=notary_of(services()),
        )

    status = submitted(form, write)
    if status == STORED:
        return gone_on(_("The recognition is withdrawn."), url_for(".index"))
    return render(
        "ocop/withdrawal.html",
        status,
        form=form,
        one=one,
        reasons=[
            (code.value, name.in_language(language())) for code, name in REASONS.items()
        ],
    )
