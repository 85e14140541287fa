"""Pages of designs: what a producer's labels say."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from traceability.core.permissions import Role
from traceability.labels import wording
from traceability.labels.design import ALWAYS
from traceability.labels.designs import queries
from traceability.labels.designs.schemas import (
    DesignSchema,
    design_draft,
    lines_of,
    moved,
    values_of,
)
from traceability.labels.designs.service import (
    DesignDraft,
    add_design,
    archive_design,
    change_design,
)
from traceability.labels.job import LabelKind
from traceability.labels.models import LabelDesign
from traceability.labels.previews.views import WORDS, shown_of_design
from traceability.labels.stock import STOCKS
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted

Answer = Response | Any
Store = Callable[[Session, DesignDraft], object]


@require(Role.PRODUCER)
def designs() -> Response:
    """List the producer's designs."""
    with services().database.reading() as session:
        rows = queries.designs_of(session, own_organisation())
    return render("labels/designs.html", rows=rows, purposes=wording.PURPOSES, **WORDS)


@require(Role.PRODUCER)
def new_design() -> Answer:
    """Make a design; it starts as the usual one."""

    def store(session: Session, draft: DesignDraft) -> None:
        owner, clock = own_organisation(), services().clock
        add_design(session, draft, owner=owner, actor=actor(), clock=clock)

    return _design_form(None, store)


@require(Role.PRODUCER)
def change(public_id: str) -> Answer:
    """Change a design; runs made with it stay as they are."""
    with services().database.reading() as session:
        row = queries.own_design(session, own_organisation(), public_id)

    def store(session: Session, draft: DesignDraft) -> None:
        mine = queries.own_design(session, own_organisation(), public_id)
        change_design(session, mine, draft, actor=actor(), clock=services().clock)

    return _design_form(row, store)


@require(Role.PRODUCER)
def archive(public_id: str) -> Answer:
    """Offer a design no more, or again."""
    away, clock = request.form.get("archived") == "1", services().clock

    def write(session: Session) -> None:
        mine = queries.own_design(session, own_organisation(), public_id)
        archive_design(session, mine, away=away, actor=actor(), clock=clock)

    services().database.written(write)
    told = _("The design is archived.") if away else _("The design is offered again.")
    return gone_on(told, url_for(".designs"))


def _design_form(row: LabelDesign | None, store: Store) -> Answer:
    form = Form(DesignSchema(), _typed() if _is_look() else values_of(row))
    status = HTTPStatus.OK if _is_look() else submitted(form, _writing(form, store))
    if status == STORED:
        return gone_on(_("The design is kept."), url_for(".designs"))
    looked_at = MultiDict(request.form)
    looked_at.setlist("shown", form.values("shown"))
    looked_at.setlist("order", form.values("order"))
    looked_at.setdefault("stock", next(iter(STOCKS)))
    looked_at.setdefault("kind", LabelKind.SERIAL.value)
    with services().database.reading() as session:
        shown = shown_of_design(session, looked_at)
    return render(
        "labels/design.html",
        status,
        form=form,
        row=row,
        lines=lines_of(form.values("order")),
        always=[one.value for one in ALWAYS],
        purposes=wording.PURPOSES,
        purpose_hints=wording.PURPOSE_HINTS,
        stocks=STOCKS.values(),
        stock=looked_at["stock"],
        shown=shown,
        **WORDS,
    )


def _writing(form: Form, store: Store) -> Callable[[Session], object]:
    return lambda session: store(session, design_draft(form.data))


def _is_look() -> bool:
    """Return whether a button was pressed that only moves a line or looks."""
    return bool({"move", "look"} & request.form.keys())


def _typed() -> dict[str, Any]:
    order = request.form.getlist("order")
    return {
        "name": request.form.get("name", ""),
        "purpose": request.form.get("purpose", ""),
        "shown": request.form.getlist("shown"),
        "order": moved(order, request.form.get("move", "")),
    }


def add_to(blueprint: Blueprint) -> None:
    """Give the room's blueprint these pages."""
    both = ["GET", "POST"]
    address = "/label-designs"
    blueprint.add_url_rule(address, view_func=designs)
    blueprint.add_url_rule(f"{address}/new", view_func=new_design, methods=both)
    one = f"{address}/<public_id>"
    blueprint.add_url_rule(one, "design", change, methods=both)
    blueprint.add_url_rule(
        f"{one}/archive", "archive_design", archive, methods=["POST"]
    )
