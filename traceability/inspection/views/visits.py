"""Record, list, show, correct and publish visits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, abort, request, url_for
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from traceability.batches.queries import batch_by_link
from traceability.batches.wording import STATES
from traceability.catalog import communes
from traceability.core.clock import HANOI
from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.core.text import clean_text
from traceability.gs1.digital_link import DigitalLink
from traceability.inspection import queries, service
from traceability.inspection.models import Inspection
from traceability.inspection.photos import FIELD, MAX_PHOTOS
from traceability.inspection.queries import InspectionSearch, Listed, own, seen_by
from traceability.inspection.schemas import MinutesForm, VisitForm, form_values
from traceability.inspection.views.phone import sent_photos
from traceability.inspection.visit import (
    LONGEST,
    MAX_LINK,
    Place,
    Result,
    Seen,
    VisitDraft,
)
from traceability.inspection.wording import RESULTS, seen_lines
from traceability.records.notary import notary_of
from traceability.verification.room import sources_of
from traceability.verification.service import verify_link
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, submitted

READERS = (Role.INSPECTOR, Role.OFFICER)
FILTERS = ("result", "from", "to", "producer", "commune", "minutes", "unheld", "lot")
_PAGE_DIGITS = 6
Answer = Response | Any


@require(Role.INSPECTOR)
def record() -> Answer:
    """Write a visit down: fill in, sign."""
    use = services()
    link = (request.form.get("link") or request.args.get("link", ""))[:MAX_LINK]
    now = use.clock.now().astimezone(HANOI)
    first = {
        "day": now.date(),
        "hour": f"{now:%H:%M}",
        "result": "",
        "client_id": str(uuid4()),
    }
    form = Form(VisitForm(), first)
    stored: list[Inspection] = []

    def write(session: Session) -> None:
        draft = replace(_draft_of(form.data, link), seen=_checked(session, link))
        found = service.record_visit(
            session, draft, sent_photos(), actor=actor(), notary=notary_of(use)
        )
        stored.append(found)

    status = submitted(form, write)
    if status == STORED:
        return _gone_on(stored[-1].public_id, _("The visit is signed and logged."))
    return _form_page(form, status, link=link)


@require(Role.INSPECTOR)
def correct(public_id: str) -> Answer:
    """Sign a new version of a visit; the older one stays in the log."""
    use = services()
    with use.database.reading() as session:
        found = queries.own_inspection(session, public_id, actor=actor())
        visit = queries.signed_visit(session, found.inspection, personal=True)
    link = found.inspection.link
    form = Form(VisitForm(), form_values(visit.draft))

    def write(session: Session) -> None:
        mine = queries.own_inspection(session, public_id, actor=actor()).inspection
        before = queries.signed_visit(session, mine, personal=True)
        service.correct_visit(
            session,
            mine,
            _draft_of(form.data, link, before=before.draft),
            sent_photos(),
            actor=actor(),
            notary=notary_of(use),
        )

    status = submitted(form, write)
    if status == STORED:
        return _gone_on(public_id, _("The correction is signed as a new version."))
    return _form_page(form, status, link=link, correcting=public_id)


def _draft_of(
    data: Mapping[str, Any], link: str, *, before: VisitDraft | None = None
) -> VisitDraft:
    """Return the visit a form describes; what a device showed stays as it was."""
    commune = data["commune"] and communes.read(data["commune"], field="commune").code
    told: dict[str, Any] = {}
    if before is not None:
        told = {"seen": before.seen, "offline": before.offline}
    elif data["client_id"]:
        told = {"client_id": str(data["client_id"])}
    return VisitDraft(
        link=link,
        seen_at=datetime.combine(data["day"], data["hour"], tzinfo=HANOI),
        place=Place(text=data["place"], commune_code=commune or None),
        result=data["result"],
        **told,
        **{name: data[name] for name in LONGEST},
    )


def _checked(session: Session, link: str) -> Seen:
    """Return what the checks say now, to be signed with the visit."""
    report = verify_link(session, link, sources=sources_of(services()))
    return Seen(
        verdict=report.verdict.value,
        checks=[
            {
                "number": one.number,
                "name": one.name,
                "result": one.result.value,
                "code": one.code,
            }
            for one in report.findings
        ],
    )


def _form_page(form: Form, status: int, *, link: str, correcting: str = "") -> Response:
    with services().database.reading() as session:
        batch = _batch(session, link)
    return render(
        "inspection/record.html",
        status,
        form=form,
        link=link,
        batch=batch,
        correcting=correcting,
        results=[(one, RESULTS[one]) for one in RESULTS],
        field=FIELD,
        most=MAX_PHOTOS,
    )


def _batch(session: Session, link: str) -> Any:
    try:
        parsed = DigitalLink.parse(link)
    except DomainError:
        return None
    ours = parsed.origin == services().identity.origin and parsed.lot is not None
    return batch_by_link(session, parsed) if ours else None


@require(*READERS)
def index() -> Response:
    """List visits: one's own authority's, for officers everybody's."""
    search = search_of(request.args)
    with services().database.reading() as session:
        total = queries.count_visits(session, search)
        rows = queries.visits(session, search)
        nothing = InspectionSearch(organisation_id=search.organisation_id)
        any_at_all = bool(total or queries.count_visits(session, nothing))
    return render(
        "inspection/index.html",
        rows=rows,
        total=total,
        search=search,
        any_at_all=any_at_all,
        chosen={name: request.args.get(name, "") for name in FILTERS},
        results=RESULTS,
        inspector=actor().has(Role.INSPECTOR),
    )


def search_of(asked: Mapping[str, str]) -> InspectionSearch:
    """Read what is looked for; what cannot be meant is a page that is not there."""
    result, page = asked.get("result", ""), asked.get("page", "1")
    if result not in {"", *Result} or not (page.isascii() and page.isdecimal()):
        abort(404)
    if len(page) > _PAGE_DIGITS or int(page) < 1:
        abort(404)
    until = _day(asked.get("to", ""))
    return InspectionSearch(
        organisation_id=seen_by(actor()),
        batch=asked.get("lot", "")[:26],
        result=Result(result) if result else None,
        since=_midnight(_day(asked.get("from", ""))),
        until=_midnight(until + timedelta(days=1) if until else None),
        producer=clean_text(asked.get("producer", ""), field="producer")[:200],
        commune_code=_commune(asked.get("commune", "")),
        awaiting_minutes=bool(asked.get("minutes")),
        unheld=bool(asked.get("unheld")),
        page=int(page),
    )


def _day(text: str) -> date | None:
    """Read a day of a filter; one that is none finds no page."""
    if not text:
        return None
    try:
        found: date = VisitForm().fields["day"].deserialize(text)
    except ValidationError:
        abort(404)
    return found if date(2000, 1, 1) <= found < date(9999, 1, 1) else abort(404)


def _midnight(day: date | None) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time(), tzinfo=HANOI).astimezone(UTC)


def _commune(text: str) -> str:
    """Return the code of the commune a filter names; of an unknown one, no visit's."""
    if not text:
        return ""
    try:
        return communes.read(text[:200]).code
    except DomainError:
        return "-"


@require(*READERS)
def show(public_id: str) -> Response:
    """Show a visit with what was signed of it."""
    return _page(public_id, Form(MinutesForm(), {}))


def _page(public_id: str, form: Form, status: int = 200) -> Response:
    with services().database.reading() as session:
        found = queries.inspection_of(session, public_id, actor=actor())
        mine = own(actor(), found.inspection)
        visit = queries.signed_visit(session, found.inspection, personal=mine)
        return render(
            "inspection/show.html",
            status,
            one=found,
            form=form,
            mine=mine,
            writes=mine and actor().has(Role.INSPECTOR),
            visit=visit,
            checks=seen_lines(visit.draft.seen),
            photos=queries.photos_of(session, found.inspection) if mine else (),
            versions=queries.versions_of(session, found.inspection),
            results=RESULTS,
            states=STATES,
            hold=_may_hold(found),
        )


def _may_hold(found: Listed) -> bool:
    """Return whether the reader may go on to hold or recall the lot."""
    batch = found.batch
    if batch is None or found.inspection.result != Result.NON_CONFORMANT.value:
        return False
    return actor().has(Role.OFFICER)


@require(Role.INSPECTOR)
def publish(public_id: str) -> Answer:
    """Make the result public, for good."""
    use = services()
    with use.database.transaction() as session:
        found = queries.own_inspection(session, public_id, actor=actor())
        service.publish_visit(
            session, found.inspection, actor=actor(), notary=notary_of(use)
        )
    return _gone_on(public_id, _("The result is public on the lot's page."))


@require(Role.INSPECTOR)
def number_minutes(public_id: str) -> Answer:
    """Make the minutes out under a number."""
    use = services()
    form = Form(MinutesForm(), {})

    def write(session: Session) -> None:
        found = queries.own_inspection(session, public_id, actor=actor())
        service.number_minutes(
            session,
            found.inspection,
            form.data["number"],
            actor=actor(),
            notary=notary_of(use),
        )

    status = submitted(form, write)
    if status == STORED:
        said = _("The minutes are made out: download them, have them signed.")
        return _gone_on(public_id, said)
    return _page(public_id, form, status)


@require(Role.INSPECTOR)
def erase(public_id: str) -> Answer:
    """Erase the names of people met, after asking."""
    use = services()
    if request.method == "GET":
        with use.database.reading() as session:
            found = queries.own_inspection(session, public_id, actor=actor())
        return render("inspection/erase.html", one=found)
    with use.database.transaction() as session:
        found = queries.own_inspection(session, public_id, actor=actor())
        service.erase_people_met(
            session, found.inspection, actor=actor(), notary=notary_of(use)
        )
    return _gone_on(public_id, _("The names of people met are erased for good."))


def _gone_on(public_id: str, message: str) -> Answer:
    return gone_on(message, url_for("inspection.show", public_id=public_id))


def add_to(blueprint: Blueprint) -> None:
    """Give the room's blueprint these pages."""
    both, post = ["GET", "POST"], ["POST"]
    for path, name, view, methods in (
        ("/inspection/record", "record", record, both),
        ("/inspections", "index", index, ["GET"]),
        ("/inspections/<public_id>", "show", show, ["GET"]),
        ("/inspections/<public_id>/correct", "correct", correct, both),
        ("/inspections/<public_id>/erase", "erase", erase, both),
        ("/inspections/<public_id>/publish", "publish", publish, post),
        ("/inspections/<public_id>/minutes", "number", number_minutes, post),
    ):
        blueprint.add_url_rule(path, name, view, methods=methods)
