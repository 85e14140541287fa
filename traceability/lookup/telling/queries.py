"""Read what a page tells of its lot: facts, the way it came, stars and papers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from traceability.accounts.kinds import OrganisationKind
from traceability.batches.models import Batch
from traceability.batches.queries import current_record, latest_status
from traceability.catalog.drafts import SiteKind
from traceability.catalog.ip_rights import shown
from traceability.catalog.places import PlaceFacts, may_be_named
from traceability.catalog.records import CERTIFICATE, IP_RIGHT
from traceability.core.identity import Identity
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.counting.queries import labels_of_lot
from traceability.labels.life.queries import reprint_records
from traceability.labels.queries import number_in
from traceability.labels.standing import LabelState
from traceability.lookup.page import (
    Lot,
    Paper,
    SignedFact,
    best_before_passed,
    fact_of,
    record_in,
)
from traceability.lookup.queries import Background
from traceability.lookup.stars import Stars, stars_of_lot, stars_of_product
from traceability.lookup.way.behind import exceptions_behind
from traceability.lookup.way.queries import way_here
from traceability.ocop.rating import standing, standing_for
from traceability.ocop.records import RECOGNITION
from traceability.records.models import SignedRecord
from traceability.records.queries import latest_record, signature_counts
from traceability.signing.keystore import KeyStore
from traceability.verification.service import Gathered
from traceability.web.context import Services
from traceability.web.i18n import language


def credit_of(
    session: Session, known: Background, lot: Lot | None, use: Services
) -> Mapping[str, Any]:
    """Return the fields of a page that lend it credit: stars and papers."""
    stars = _stars(lot, known, use)
    path = f"/recognitions/{stars.recognition.public_id}" if stars else ""
    fact = _fact(session, path, RECOGNITION, use.identity) if stars else None
    return {
        "stars": stars,
        "stars_fact": fact,
        "papers": list(_papers(session, lot, known, use)),
        "pictures": known.pictures,
    }


def told_of(session: Session, rows: Gathered, use: Services) -> Mapping[str, Any]:
    """Return the fields of a page that tell of its lot."""
    batch = rows.batch
    record = current_record(session, batch)
    facts = record_in(record.token) if record else None
    if record is None or facts is None:
        return {}  # the verdict says what is wrong with it
    site, named = batch.site, _may_name_site(batch)
    lot = Lot(
        record=facts,
        fact=fact_of(record),
        site_name=site.name if named else "",
        old_address=site.old_address if named else "",
        point=site.point if named else None,
        best_before_passed=best_before_passed(facts, use.clock.today()),
    )

    counts = _counting(use)
    stop = latest_status(session, batch)
    stopped = stop is not None and stop.status != "released"
    stop_record = session.get(SignedRecord, stop.record_id) if stop else None
    return {
        "lot": lot,
        "way": way_here(session, batch, language(), counts=counts),
        "exceptions_behind": exceptions_behind(rows.inputs, counts),
        "labels": labels_of_lot(session, batch, counts=counts),
        "stop_fact": fact_of(stop_record) if stopped and stop_record else None,
    }


def again_of(
    session: Session, state: LabelState | None, link: DigitalLink, use: Services
) -> Sequence[SignedFact]:
    """Return what was signed of a label being printed once more."""
    number = number_in(link.serial or "")
    if number is None or state is None or state.run is None:
        return ()
    counts = _counting(use)
    found = reprint_records(session, state.run, number.index)
    return tuple(fact_of(one) for one in found if counts(one))


def _counting(use: Services) -> Callable[[SignedRecord], bool]:
    """Return what says whether a record's signature counts."""
    return lambda one: signature_counts(one, lambda: use.get(KeyStore).ring)


def _may_name_site(batch: Batch) -> bool:
    return may_be_named(
        PlaceFacts(
            is_plot=batch.site.kind == SiteKind.PLOT,
            is_public=batch.site.is_public,
            of_household=batch.organisation.kind == OrganisationKind.HOUSEHOLD,
        )
    )


def _stars(lot: Lot | None, known: Background, use: Services) -> Stars | None:
    today = use.clock.today()
    if lot is None:
        return stars_of_product(standing(known.recognitions, today))
    made = lot.record.production_date
    return stars_of_lot(
        standing_for(known.recognitions, production_date=made, today=today)
    )


def _papers(
    session: Session, lot: Lot | None, known: Background, use: Services
) -> Iterable[Paper]:
    """Return the papers that hold on every day that counts (check 9 looks at them)."""
    days = [use.clock.today()]
    if lot is not None:
        days.append(lot.record.production_date)
    for one in known.certificates:
        if one.term.holds(*days):
            path = f"/certificates/{one.public_id}"
            fact = _fact(session, path, CERTIFICATE, use.identity)
            yield Paper(certificate=one, fact=fact)
    for right in known.rights:
        seen = shown(right.facts, *days)
        if seen is not None:
            path = f"/ip-rights/{right.public_id}"
            fact = _fact(session, path, IP_RIGHT, use.identity)
            yield Paper(right=seen, fact=fact)


def _fact(
    session: Session, path: str, type_: str, identity: Identity
) -> SignedFact | None:
    record = latest_record(session, identity.url(path), type_)
    return fact_of(record) if record else None
