"""Pages of blank stamps: print them ahead, scan the first and the last, bind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, request, session as cookie, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as Sent

from traceability.batches.models import Batch
from traceability.batches.queries import batch_of
from traceability.catalog.errors import ProductNotFoundError
from traceability.catalog.models import Product
from traceability.catalog.queries import own_product, product_by_key
from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.gs1.digital_link import DigitalLink
from traceability.labels import wording
from traceability.labels.binding import queries, service
from traceability.labels.binding.draft import BindingDraft
from traceability.labels.binding.schemas import BindingSchema, BlanksSchema, EndSchema
from traceability.labels.blanks.service import start_blanks
from traceability.labels.counting.queries import Counted, labels_of_lot
from traceability.labels.designs.queries import design_named, designs_of
from traceability.labels.job import MAX_COUNT, LabelKind, RunSpec
from traceability.labels.limits.queries import room_of, use_of
from traceability.labels.models import LabelBinding
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.room import first_print_of
from traceability.labels.printing.views import gone_to_run
from traceability.labels.queries import RunRow, blanks_of_product, runs_of_producer
from traceability.labels.room import label_keys_of
from traceability.labels.serials import SerialNumber, grouped
from traceability.labels.stocks.queries import printers_of, stocks_for
from traceability.labels.stocks.service import stock_and_setup
from traceability.labels.stocks.usual import usual_of
from traceability.labels.stocks.views import fitted, printer_options, refitted
from traceability.records.notary import notary_of
from traceability.records.queries import signature_counts
from traceability.signing.keystore import KeyStore
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted

blueprint = Blueprint("stamps", __name__)
Answer = Response | Sent | Any
SCANNED = "stamps"  # in the cookie: the product and the ends that were scanned


@blueprint.route("/products/<public_id>/stamps", methods=["GET", "POST"])
@require(Role.PRODUCER)
def new_run(public_id: str) -> Answer:
    """Print blank stamps for a product, and list those that were printed."""
    use = services()
    with use.database.reading() as session:
        product = own_product(session, own_organisation(), public_id)
        rows = blanks_of_product(session, product)
        last = runs_of_producer(session, own_organisation(), size=1)
        stocks = stocks_for(session, own_organisation())
        printers = printers_of(session, own_organisation())
        designs = designs_of(session, own_organisation())
        quota = use_of(session, own_organisation(), use.clock.today())
    form = Form(BlanksSchema(), usual_of(stocks, last, printers).values())
    started: list[RunRow] = []
    asked: list[PrintTask] = []

    def write(session: Session) -> None:
        mine = own_product(session, own_organisation(), public_id)
        notary, keys = notary_of(use), label_keys_of(use)
        spec = _spec(session, refitted(printers, stocks, form.data))
        with wording.told_what_fits(stocks):
            run = start_blanks(
                session, mine, spec, actor=actor(), notary=notary, keys=keys
            )
        row = RunRow(run, None, mine)
        started.append(row)
        asked.extend(first_print_of(use)(session, row, actor=actor()))

    status = submitted(form, write)
    if status == STORED:
        return gone_to_run(
            started[0],
            asked,
            making=_("The stamps are being made."),
            ready=_("The stamps are ready. Download and print them."),
        )
    return render(
        "stamps/new_run.html",
        status,
        product=product,
        rows=rows,
        form=form,
        stocks=stocks,
        first_time=not last,
        printers=printer_options(printers, stocks),
        fitted=fitted(printers, stocks, form.value),
        designs=[one for one in designs if one.archived_at is None],
        quota=quota,
        kinds=wording.KINDS,
        most=MAX_COUNT,
    )


def _spec(session: Session, data: dict[str, Any]) -> RunSpec:
    mine, clock = own_organisation(), services().clock
    stock, setup = stock_and_setup(session, mine, data, clock=clock)
    return RunSpec(
        kind=LabelKind.BLANK,
        count=data["count"],
        stock=stock,
        setup=setup,
        design=design_named(session, mine, data["design"]),
    )


@blueprint.route("/stamps", methods=["GET", "POST"])
@require(Role.PRODUCER)
def scanned() -> Answer:
    """Keep which stamps were scanned as first and last, and ask for their lot.

    The phone's own camera opens each stamp's page in a tab of its own: what was scanned
    before is kept in the cookie of who is signed in.
    """
    form = Form(EndSchema(), {"stamp": request.args.get("stamp", "")})
    if request.method == "POST":
        if not form.load(request.form):
            return _scanned(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            _keep(form.data["stamp"], form.data["end"])
        except DomainError as error:
            error.field = "stamp"
            form.fail(error)
            return _scanned(form, error.status)
        return redirect(url_for(".scanned"), code=HTTPStatus.SEE_OTHER)
    return _scanned(form, HTTPStatus.OK)


def _keep(text: str, end: str) -> None:
    """Remember a stamp; one of another product begins anew."""
    link = DigitalLink.parse(text)
    with services().database.reading() as session:
        product = _own(session, link)
        queries.index_of(session, product, text, label_keys_of(services()).mac_of)
    kept = _kept()
    if kept.get("product") != product.public_id:
        kept = {"by": own_organisation(), "product": product.public_id}
    cookie[SCANNED] = {**kept, end: link.serial}


def _own(session: Session, link: DigitalLink) -> Product:
    product = product_by_key(session, link.key)
    if product is None or product.organisation_id != own_organisation():
        raise ProductNotFoundError("There is no such product.")
    return product


def _kept() -> dict[str, Any]:
    """Return what this person scanned; not what somebody else did on this phone."""
    found = cookie.get(SCANNED)
    if isinstance(found, dict) and found.get("by") == own_organisation():
        return dict(found)
    return {}


def _scanned(form: Form, status: int) -> Response:
    kept = _kept()
    with services().database.reading() as session:
        product, lots = None, []
        if kept:
            product = own_product(session, own_organisation(), kept["product"])
            today = services().clock.today()
            lots = list(queries.lots_to_bind(session, product, today))
    ends = {name: kept[name] for name in ("first", "last") if name in kept}
    return render(
        "stamps/scanned.html",
        status,
        form=form,
        stamp=_readable(form.value("stamp")),
        product=product,
        ends=ends,
        read={name: grouped(serial) for name, serial in ends.items()},
        lots=lots,
    )


def _readable(text: str) -> str:
    """Return a scanned stamp's serial as people read it; else the text itself."""
    try:
        serial = DigitalLink.parse(text).serial
        return grouped(str(SerialNumber.parse(serial or "")))
    except DomainError:
        return text


@blueprint.route("/batches/<public_id>/stamps", methods=["GET", "POST"])
@require(Role.PRODUCER)
def bind(public_id: str) -> Answer:
    """Bind stamps to a lot: first and last, then a look at what that means, then done.

    The look is a GET with both ends in its query; only the POST writes.
    """
    use = services()
    form = Form(BindingSchema(), _ends(request.args))
    with use.database.reading() as session:
        batch = batch_of(session, public_id, actor=actor())
        bound = queries.bindings_of_batch(session, batch)
        refusal = service.refusal_to_bind(batch, use.clock.today())
        look = None
        room = room_of(session, batch)
        if request.method == "GET" and "last" in request.args and refusal is None:
            look = _looked_at(session, batch, form)
    done: list[LabelBinding] = []

    def write(session: Session) -> None:
        mine = batch_of(session, public_id, actor=actor())
        wanted = _draft(session, mine, form)
        done.append(
            service.bind_labels(
                session, mine, wanted, actor=actor(), notary=notary_of(use)
            )
        )

    status = submitted(form, write)
    if status == STORED:
        cookie.pop(SCANNED, None)
        told = _("%(count)s stamps are bound to lot %(lot)s.")
        words = told % {"count": done[0].count, "lot": batch.lot_number}
        return gone_on(words, url_for(".bind", public_id=public_id))
    if form.errors_of("excess_reason"):
        with use.database.reading() as session:
            look = _look(session, batch, _draft(session, batch, form))
    return render(
        "stamps/bind.html",
        status,
        room=room,
        batch=batch,
        bound=bound,
        form=form,
        refusal=refusal,
        look=look,
    )


def _ends(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given.get(name, "") for name in ("first", "last")}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What binding would mean: which stamps, and the lot's labels until now."""

    draft: BindingDraft
    serials: tuple[str, str]  # of the first and the last, as people read them
    counted: Counted


def _looked_at(session: Session, batch: Batch, form: Form) -> _Look | None:
    """Return what the query asks for, if it could be bound; else the form says why."""
    if not form.load(request.args):
        return None
    try:
        draft = _draft(session, batch, form)
        service.require_bindable(session, batch, draft)
    except DomainError as error:
        form.fail(error)
        return None
    return _look(session, batch, draft)


def _look(session: Session, batch: Batch, draft: BindingDraft) -> _Look:
    mac_of = label_keys_of(services()).mac_of
    first, last = (
        queries.serial_at(session, batch.product, index, mac_of)
        for index in (draft.first, draft.last)
    )
    return _Look(draft=draft, serials=(first, last), counted=_counted(session, batch))


def _draft(session: Session, batch: Batch, form: Form) -> BindingDraft:
    mac_of = label_keys_of(services()).mac_of
    return queries.draft_named(session, batch.product, form.data, mac_of)


def _counted(session: Session, batch: Batch) -> Counted:
    ring = services().get(KeyStore).ring
    return labels_of_lot(
        session, batch, counts=lambda one: signature_counts(one, lambda: ring)
    )
