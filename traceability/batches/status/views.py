"""Hold, recall, release and correct: each form is looked over before it is signed."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from traceability.batches.entry.views import batch_form, draft_of, values_of
from traceability.batches.models import Batch
from traceability.batches.queries import batch_of
from traceability.batches.schemas import CorrectionSchema, NoticeSchema, notice
from traceability.batches.service import correct_batch
from traceability.batches.status.service import (
    hold_batch,
    recall_batch,
    release_batch,
)
from traceability.core.permissions import Role
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import LazyText, gettext as _, lazy_gettext as _l
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, submitted

Answer = Response | Any


@dataclass(frozen=True, slots=True)
class Change:
    """A page that changes a lot's state: its words and the service it calls."""

    name: str
    heading: LazyText
    explanation: LazyText
    button: LazyText
    done: LazyText
    service: Callable[..., object]


CHANGES = {
    "hold": Change(
        "hold",
        _l("Hold the lot"),
        _l(
            "The public page says at once that the lot is held, since when and by whom."
        ),
        _l("Sign the hold"),
        _l("The lot is held."),
        hold_batch,
    ),
    "recall": Change(
        "recall",
        _l("Recall the lot"),
        _l("The public page shows the recall on top, in red. A recall is final."),
        _l("Sign the recall"),
        _l("The lot is recalled."),
        recall_batch,
    ),
    "release": Change(
        "release",
        _l("Release the lot"),
        _l("The hold ends; the public page keeps it in the lot's history."),
        _l("Sign the release"),
        _l("The lot is released."),
        release_batch,
    ),
}


def add_to(blueprint: Blueprint) -> None:
    """Give the room's blueprint these pages."""
    methods = ["GET", "POST"]
    address = "/batches/<public_id>"
    blueprint.add_url_rule(f"{address}/correct", "correct", correct, methods=methods)
    blueprint.add_url_rule(
        f"{address}/<any(hold,recall,release):name>", "change", change, methods=methods
    )


@require(Role.PRODUCER, Role.OFFICER)
def change(public_id: str, name: str) -> Answer:
    """Hold, recall or release a lot: fill in, look over, sign."""
    page, use = CHANGES[name], services()
    form = Form(NoticeSchema(), {})

    def write(session: Session) -> None:
        batch = batch_of(session, public_id, actor=actor())
        page.service(
            session, batch, notice(form.data), actor=actor(), notary=notary_of(use)
        )

    with use.database.reading() as session:
        batch = batch_of(session, public_id, actor=actor())
    if request.method == "POST" and "confirmed" not in request.form:
        if form.load(request.form) and "back" not in request.form:
            return _confirm_page(page, form, batch)
        asked = HTTPStatus.UNPROCESSABLE_ENTITY if form.failed else HTTPStatus.OK
        return _change_page(page, form, batch, asked)
    status = submitted(form, write)
    if status == STORED:
        address = url_for("batches.show", public_id=public_id)
        return gone_on(str(page.done), address)
    return _change_page(page, form, batch, status)


def _change_page(page: Change, form: Form, batch: Batch, status: int) -> Response:
    return render("batches/change.html", status, page=page, form=form, batch=batch)


def _confirm_page(page: Change, form: Form, batch: Batch) -> Response:
    return render(
        "batches/confirm.html",
        batch=batch,
        heading=page.heading,
        explanation=page.explanation,
        button=page.button,
        lines=[
            (_("Reason"), form.value("reason_vi")),
            (_("Reason in English"), form.value("reason_en")),
            (_("What buyers should do"), form.value("advice_vi")),
            (_("The same in English"), form.value("advice_en")),
            (_("Contact"), form.value("contact")),
        ],
        sent=list(request.form.items(multi=True)),
    )


@require(Role.PRODUCER)
def correct(public_id: str) -> Answer:
    """Sign a new version of an issued lot."""
    use = services()
    with use.database.reading() as session:
        batch = batch_of(session, public_id, actor=actor())
        form = Form(CorrectionSchema(), values_of(session, batch))

    def write(session: Session) -> None:
        mine = batch_of(session, public_id, actor=actor())
        correct_batch(
            session,
            mine,
            draft_of(session, form),
            form.data["reason"],
            actor=actor(),
            notary=notary_of(use),
        )

    def stored() -> Answer:
        address = url_for("batches.show", public_id=public_id)
        return gone_on(_("The correction is signed as a new version."), address)

    return batch_form(form, write, stored=stored, batch=batch, correcting=True)
