"""The desk: one page that says to each role what waits for it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import Session

from traceability.batches.models import Batch, BatchState
from traceability.catalog.expiring.queries import Endings
from traceability.core.permissions import Actor, Role
from traceability.desk import queries
from traceability.desk.queries import SHOWN, Waiting
from traceability.desk.tasks import Desk, Line, Task
from traceability.inspection.queries import (
    InspectionSearch,
    Listed,
    count_visits,
    seen_by,
    visits,
)
from traceability.web import formats
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.i18n import gettext as _, ngettext
from traceability.web.rendering import render

FRESH = timedelta(days=30)  # so long a recall stands on the desk
NEAR = 30  # days before and after a paper's last day
blueprint = Blueprint("desk", __name__)


@blueprint.get("/today")
@require()
def today() -> Response:
    """Show what waits for whoever is signed in."""
    who = actor()
    with services().database.reading() as session:
        desk = Desk.of(_tasks(session, who))
    return render(
        "desk/today.html",
        desk=desk,
        producer=who.has(Role.PRODUCER),
        officer=who.has(Role.OFFICER),
        administrator=who.has(Role.ADMINISTRATOR),
        inspector=who.has(Role.INSPECTOR),
    )


def _tasks(session: Session, who: Actor) -> Iterator[Task | None]:
    yield _reports(session, who)
    if who.has(Role.PRODUCER) and who.organisation_id is not None:
        yield from _stopped_lots(session, who.organisation_id)
        yield from _unfinished_lots(session, who.organisation_id)
        yield _papers(session, who.organisation_id)
    elif who.has(Role.OFFICER):
        yield _unheld(session, who)
        yield from _stopped_lots(session, None)
        yield _papers(session, None)
    elif who.has(Role.INSPECTOR):
        yield _unheld(session, who)
        yield _without_minutes(session, who)


def _unheld(session: Session, who: Actor) -> Task | None:
    search = InspectionSearch(organisation_id=seen_by(who), unheld=True, size=SHOWN)
    total = count_visits(session, search)
    if not total:
        return None
    return Task(
        title=ngettext(
            "%(num)d visit found a lot not conformant that nobody holds",
            "%(num)d visits found lots not conformant that nobody holds",
            total,
        ),
        action=_("See these visits"),
        address=url_for("inspection.index", unheld=1),
        lines=_visit_lines(visits(session, search)),
        urgent=True,
    )


def _without_minutes(session: Session, who: Actor) -> Task | None:
    search = InspectionSearch(
        organisation_id=who.organisation_id, awaiting_minutes=True, size=SHOWN
    )
    total = count_visits(session, search)
    if not total:
        return None
    return Task(
        title=ngettext(
            "%(num)d visit without minutes", "%(num)d visits without minutes", total
        ),
        action=_("Make the minutes out"),
        address=url_for("inspection.index", minutes=1),
        lines=_visit_lines(visits(session, search)),
    )


def _visit_lines(found: Sequence[Listed]) -> tuple[Line, ...]:
    return tuple(
        Line(
            text=f"{formats.instant(one.inspection.seen_at)} · "
            + (one.product.name_vi if one.product else one.inspection.link[:60]),
            address=url_for("inspection.show", public_id=one.inspection.public_id),
        )
        for one in found
    )


def _stopped_lots(session: Session, owner: int | None) -> Iterator[Task | None]:
    since = services().clock.now() - FRESH
    recalled = queries.recalled_since(session, since, owner=owner)
    yield _stopped(recalled, recalled=True)
    held = queries.lots_in(session, BatchState.HELD, owner=owner)
    yield _stopped(held, recalled=False)


def _unfinished_lots(session: Session, owner: int) -> Iterator[Task | None]:
    yield _drafts(queries.lots_in(session, BatchState.DRAFT, owner=owner))
    yield _unlabelled(queries.lots_without_labels(session, owner))


def _reports(session: Session, who: Actor) -> Task | None:
    found = queries.open_reports(session, who)
    if not found:
        return None
    count = len(found)
    return Task(
        title=ngettext(
            "%(num)d report of a problem to read",
            "%(num)d reports of problems to read",
            count,
        ),
        action=_("Read the reports"),
        address=url_for("lookup.reports.index"),
        lines=tuple(
            Line(
                text=report.product_name or report.link,
                address=url_for("lookup.reports.index"),
            )
            for report in found[:SHOWN]
        ),
        urgent=True,
    )


def _stopped(found: Waiting, *, recalled: bool) -> Task | None:
    if not found.total:
        return None
    state = BatchState.RECALLED if recalled else BatchState.HELD
    title = (
        ngettext("%(num)d lot is recalled", "%(num)d lots are recalled", found.total)
        if recalled
        else ngettext("%(num)d lot is held", "%(num)d lots are held", found.total)
    )
    return Task(
        title=title,
        action=_("See these lots"),
        address=url_for("batches.index", state=state.value),
        lines=_lines(found),
        urgent=recalled,
    )


def _drafts(found: Waiting) -> Task | None:
    if not found.total:
        return None
    return Task(
        title=ngettext(
            "%(num)d lot to look over and issue",
            "%(num)d lots to look over and issue",
            found.total,
        ),
        action=_("Look over the newest"),
        address=_page(found.first[0]),
        lines=_lines(found),
    )


def _unlabelled(found: Waiting) -> Task | None:
    if not found.total:
        return None
    newest = found.first[0]
    return Task(
        title=ngettext(
            "%(num)d lot without labels", "%(num)d lots without labels", found.total
        ),
        action=_("Print labels for the newest"),
        address=url_for("labels.new_run", public_id=newest.public_id),
        lines=_lines(found),
    )


def _papers(session: Session, owner: int | None) -> Task | None:
    use = services()
    known = use.get(Endings).due(session, owner, use.clock.today())
    near = [one.ending for one in known if abs(one.days) <= NEAR]
    if not near:
        return None
    address = url_for("catalog.expiring")
    return Task(
        title=ngettext(
            "%(num)d paper ends about now", "%(num)d papers end about now", len(near)
        ),
        action=_("See what ends"),
        address=address,
        lines=tuple(
            Line(text=f"{one.name} · {formats.day(one.ends)}", address=address)
            for one in near[:SHOWN]
        ),
    )


def _lines(found: Waiting) -> tuple[Line, ...]:
    return tuple(
        Line(
            text=_("Lot %(number)s", number=batch.lot_number)
            + f" · {batch.product.name_vi}",
            address=_page(batch),
        )
        for batch in found.first
    )


def _page(batch: Batch) -> str:
    return url_for("batches.show", public_id=batch.public_id)
