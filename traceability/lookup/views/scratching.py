"""The form for the code under a label's scratch layer: no sign-in, no cookie.

The code travels in the body of a POST and is answered there: it stands in no address,
no log and no page.
"""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from traceability.core.errors import DomainError
from traceability.labels.life.queries import applied_in
from traceability.labels.limits.terms import MUST_BE_APPLIED
from traceability.labels.models import LabelRun
from traceability.labels.queries import label_state, number_in
from traceability.labels.room import label_keys_of, pepper_of
from traceability.labels.scratch.codes import ScratchCode
from traceability.labels.scratch.errors import (
    ScratchAbsentError,
    ScratchCodeMalformedError,
)
from traceability.labels.scratch.opening.service import Judged, Outcome, reveal
from traceability.labels.serials import grouped
from traceability.labels.standing import LabelStanding
from traceability.lookup.queries import Found
from traceability.lookup.scratch_line import scratch_line, stop_text
from traceability.lookup.showing.queries import found_by
from traceability.lookup.views.asking import asked_link, refused
from traceability.web.context import services
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render

PREFIX = "/scratch"
MAX_BYTES = 4 * 1024
_STATUSES = {
    Outcome.WRONG: HTTPStatus.UNPROCESSABLE_ENTITY,
    Outcome.LOCKED: HTTPStatus.TOO_MANY_REQUESTS,
}


@dataclass(frozen=True, slots=True)
class _Label:
    """A live label whose run has scratch codes."""

    found: Found
    run: LabelRun
    index: int
    idle: bool  # it counts only once it is on goods, and nobody told that it is


def scratch(path: str) -> Response:
    """Show the form, or judge the code that was sent."""
    del path  # the raw target is read: a slash inside a lot survives
    try:
        return _scratch()
    except DomainError as error:
        return refused(error)


def _scratch() -> Response:
    label = _label()
    if request.method != "POST":
        return _page(label)
    if (request.content_length or 0) > MAX_BYTES:
        raise ScratchCodeMalformedError("The code has %(n)d characters.", n=8)
    try:
        code = ScratchCode.typed(request.form.get("code", ""))
    except ScratchCodeMalformedError as error:  # costs no try
        return _page(label, error=_(error.message, **error.params))
    use = services()

    def judge(session: Session) -> Judged:
        return reveal(
            session,
            label.run,
            label.index,
            code,
            pepper_of=lambda key_id: pepper_of(use, key_id),
            clock=use.clock,
        )

    return _page(label, judged=use.database.written(judge))


def _label() -> _Label:
    """Return the label a request names. Raises ``ScratchAbsentError``."""
    use = services()
    asked, _query = asked_link(PREFIX)
    with use.database.reading() as session:
        found = found_by(session, asked.link, use)
        number = number_in(asked.link.serial or "")
        if found.batch is not None and number is not None:
            mac_of = label_keys_of(use).mac_of
            state = label_state(session, found.batch, str(number), mac_of)
            if state.standing is LabelStanding.VOID:
                raise ScratchAbsentError("This label is void: its code opens nothing.")
            live = state.standing is LabelStanding.LIVE
            if live and state.run is not None and state.run.scratch:
                idle = _is_idle(session, state.run, number.index)
                return _Label(found, state.run, number.index, idle)
    raise ScratchAbsentError("This label has no scratch code.")


def _is_idle(session: Session, run: LabelRun, index: int) -> bool:
    if not run.facts.get(MUST_BE_APPLIED):
        return False
    return session.scalars(applied_in(run, index, index)).first() is None


def _page(label: _Label, *, judged: Judged | None = None, error: str = "") -> Response:
    batch = label.found.batch
    stopped = stop_text(batch.state, idle=label.idle) if batch else ""
    answer = scratch_line(judged, stopped=bool(stopped)) if judged else None
    status = _STATUSES.get(judged.outcome, HTTPStatus.OK) if judged else HTTPStatus.OK
    response = render(
        "lookup/scratch.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if error else status,
        found=label.found,
        serial=grouped(label.found.link.serial or ""),
        answer=answer,
        error=error,
        stopped=stopped,
        asks=judged is None or judged.outcome is Outcome.WRONG,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint the form."""
    blueprint.add_url_rule(
        "/scratch/<path:path>", view_func=scratch, methods=["GET", "POST"]
    )
