"""Whatever happens is entered by kind and elements, signed, and kept apart."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.batches.make_batches import make_organisation
from tests.events.make_events import (
    ENTERED,
    NOON,
    PADDY,
    RICE,
    THEIRS,
    Place,
    make_place,
    owner_of,
    sample_elements,
)
from traceability.accounts.models import Organisation
from traceability.core.clock import HANOI
from traceability.core.errors import DomainError, ForbiddenError
from traceability.core.identity import Identity
from traceability.core.json_text import json_text
from traceability.core.permissions import Actor, Role
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.events.correcting.service import (
    ErrorDraft,
    declare_error,
    erase_values,
)
from traceability.events.entry.service import record_event
from traceability.events.errors import (
    ActorKindError,
    ElementMissingError,
    ElementUnknownError,
    ErrorDeclaredError,
    EventFutureError,
    EventNotFoundError,
    EventZoneError,
    GrowingUnknownError,
    KindElsewhereError,
    LotBornError,
    LotUnknownError,
)
from traceability.events.event import read_event
from traceability.events.kinds import Kind, kind
from traceability.events.queries import (
    before_harvest,
    birth_of_lot,
    elements_of,
    event_by_uuid,
    events_of,
    events_of_lots,
    growings_of,
    lots_of,
    private_values,
    signed_event,
)
from traceability.events.vocabulary import ErrorReason
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.signing.envelope import read_unverified

SCHEMA = Path(__file__).parents[1] / "vectors" / "epcis" / "epcis-json-schema.json"
VALIDATOR = Draft7Validator(
    json.loads(SCHEMA.read_text("utf-8")),
    format_checker=FormatChecker(["uri", "date-time"]),
)


@pytest.fixture
def quick(sqlite_database: Database) -> Database:
    """One engine is enough for what only differs in words."""
    return sqlite_database


Maker = Callable[[Session], Place]


@pytest.fixture
def make(tmp_path: Path, identity: Identity, clock: Clock) -> Maker:
    return lambda session: make_place(session, tmp_path, identity, clock)


def signed_json(record: SignedRecord) -> dict[str, Any]:
    found: dict[str, Any] = read_unverified(record.token).payload["credentialSubject"]
    return found


@pytest.mark.parametrize("one", ENTERED, ids=lambda one: one.id)
def test_every_kind_is_epcis_and_hides_what_is_private(
    one: Kind, quick: Database, make: Maker, clock: Clock, identity: Identity
) -> None:
    with quick.transaction() as session:
        place = make(session)
        if one.id == "inspect":
            place = inspector(session, place, clock)
        event = record_event(session, place.draft(one.id), desk=place.desk)
        record = session.get_one(SignedRecord, event.record_id)
        subject = signed_json(record)
        document = json.loads(json.dumps(subject["event"], default=float))
        assert [fault.message for fault in VALIDATOR.iter_errors(document)] == []
        assert read_event(subject["event"]).json(identity) == subject["event"]
        public = {each.id for each in one.elements if each.public}
        for name, value in sample_elements(one).items():
            if name in public or name in {"lot", "output_lot"}:
                continue
            assert name in subject["commitments"]
            shown = value[1]["lot"] if name == "input_lots" else value
            if isinstance(shown, str) and "ẫu" in shown:
                assert shown not in json_text(subject)
        kept = elements_of(session, event)
        assert {each.id for each in one.elements} <= kept.keys()


def inspector(session: Session, place: Place, clock: Clock) -> Place:
    office = make_organisation(session, clock, "Cơ quan mẫu", kind="authority")
    actor = Actor(
        kind="person",
        id=9,
        name="Cán bộ mẫu",
        organisation_id=office.id,
        roles=frozenset({Role.OFFICER}),
    )
    return Inspection(place.producer, place.site, replace(place.desk, actor=actor))


class Inspection(Place):
    """A market stall that is nobody's place here."""

    def draft(self, kind_id: str, **values: Any) -> Any:
        elements = {**sample_elements(kind(kind_id)), "place": "Chợ mẫu"}
        return super().draft(kind_id, **{"elements": elements, "site": "", **values})


def test_an_entry_is_signed_logged_and_told_apart_when_late(
    database: Database, make: Maker
) -> None:
    with database.transaction() as session:
        place = make(session)
        timely = record_event(session, place.draft("ship"), desk=place.desk)
        long_ago = NOON - timedelta(days=9)
        late = record_event(
            session, place.draft("store", time=long_ago), desk=place.desk
        )
        assert (timely.late, late.late) == (False, True)
        assert [one.event.stage for one in events_of(session, RICE)] == [
            "store",
            "ship",
        ]
        shown = signed_event(session, timely)
        assert shown.values["channel"] == "shop"
        assert shown.values["place"]["communeCode"] == "05587"
        assert [lot.quantity for lot in shown.objects] == [None]
        assert {one.id for one in shown.destinations} == {
            f"{timely.event_id}#to_party",
            f"{timely.event_id}#to_place",
        }
        kept = elements_of(session, timely)
        assert kept["qty"] == {"value": "12.5", "unitCode": "KGM"}
        assert kept["document_no"] == "Chữ mẫu document_no"


def test_only_own_and_received_lots_are_spoken_of(
    database: Database, make: Maker
) -> None:
    with database.transaction() as session:
        place = make(session)
        theirs = {**sample_elements(kind("ship")), "lot": THEIRS}
        draft = place.draft("ship", elements=theirs)
        with pytest.raises(LotUnknownError):
            record_event(session, draft, desk=place.desk)
        taken_in = {**sample_elements(kind("receive")), "lot": THEIRS}
        received = place.draft("receive", elements=taken_in)
        record_event(session, received, desk=place.desk)
        record_event(session, draft, desk=place.desk)
        for name in ("label_issue", "void_label"):
            labels = {**sample_elements(kind(name)), "lot": THEIRS}
            with pytest.raises(LotUnknownError):
                record_event(
                    session, place.draft(name, elements=labels), desk=place.desk
                )
        born = {**sample_elements(kind("process")), "output_lot": THEIRS}
        with pytest.raises(LotUnknownError):
            record_event(
                session, place.draft("process", elements=born), desk=place.desk
            )


def test_crops_are_tied_to_the_lot_harvested_from_them(
    database: Database, make: Maker
) -> None:
    def with_plot(name: str, plot: str, **more: Any) -> dict[str, Any]:
        return {**sample_elements(kind(name)), "plot": plot, **more}

    with database.transaction() as session:
        place = make(session)

        def enter(name: str, plot: str, days: int, **more: Any) -> None:
            draft = place.draft(
                name,
                time=NOON - timedelta(days=days),
                elements=with_plot(name, plot, **more),
            )
            record_event(session, draft, desk=place.desk)

        enter("planting", "Thửa 1", 90)
        enter("input_use", "Thửa 1", 30)
        enter("input_use", "Thửa 2", 20)
        site, day = place.site.id, date(2026, 11, 20)
        unborn = before_harvest(session, PADDY, site_id=site, day=day)
        assert len(unborn) == 3
        enter("harvest", "Thửa 1", 0, output_lot=PADDY)
        behind = before_harvest(session, PADDY, site_id=site, day=day)
        assert [one.event.stage for one in behind] == ["planting", "input_use"]
        way = [one.event.stage for one in events_of_lots(session, [PADDY])]
        assert [*dict.fromkeys(way)] == ["planting", "input_use", "harvest"]
        birth = birth_of_lot(session, PADDY)
        assert birth is not None
        assert {row.part for row in lots_of(session, birth)} == {"object", "growing"}


def test_a_wrong_entry_stays_and_says_so(database: Database, make: Maker) -> None:
    with database.transaction() as session:
        place = make(session)
        event = record_event(session, place.draft("pack"), desk=place.desk)
        with pytest.raises(LotBornError), session.begin_nested():
            record_event(session, place.draft("pack"), desk=place.desk)
        right = place.draft("pack", time=NOON - timedelta(hours=1))
        reason = ErrorReason.INCORRECT_DATA
        draft = ErrorDraft(reason=reason, note="Nhầm giờ", corrective=right)
        declared = declare_error(session, event, draft, desk=place.desk)
        corrective = declared.corrective
        assert corrective is not None
        birth = birth_of_lot(session, RICE)
        assert birth is not None
        assert birth.event_id == corrective.event_id
        subject = signed_json(declared.record)
        said = subject["event"]["errorDeclaration"]
        assert said["reason"] == "incorrect_data"
        assert said["correctiveEventIDs"] == [corrective.event_id]
        document = json.loads(json.dumps(subject["event"], default=float))
        assert VALIDATOR.is_valid(document)
        assert declared.record.version == 2
        first = signed_json(session.get_one(SignedRecord, event.record_id))
        assert "errorDeclaration" not in first["event"]
        with pytest.raises(ErrorDeclaredError):
            declare_error(session, event, draft, desk=place.desk)


def test_only_whoever_entered_it_declares_it_wrong_or_looks_into_it(
    quick: Database, make: Maker
) -> None:
    with quick.transaction() as session:
        place = make(session)
        event = record_event(session, place.draft("store"), desk=place.desk)
        other = replace(
            place.desk.actor, organisation_id=owner_of(place.desk.actor) + 1
        )
        draft = ErrorDraft(reason=ErrorReason.DID_NOT_OCCUR)
        with pytest.raises(EventNotFoundError):
            declare_error(session, event, draft, desk=replace(place.desk, actor=other))
        with pytest.raises(EventNotFoundError):
            event_by_uuid(session, event.uuid, actor=other)
        assert event_by_uuid(session, event.uuid, actor=place.desk.actor) is event


def test_a_private_value_altered_in_the_database_is_not_shown(
    database: Database, make: Maker
) -> None:
    with database.transaction() as session:
        place = make(session)
        event = record_event(session, place.draft("harvest"), desk=place.desk)
        before = elements_of(session, event)
        altered = update(StoredDisclosure).where(StoredDisclosure.name == "harvesters")
        session.execute(altered.values(value="Nhóm khác"))
        session.expire_all()
        kept = elements_of(session, event)
        assert set(before) - set(kept) == {"harvesters"}
        assert "harvesters" not in private_values(session, event)


def test_private_values_can_be_erased(
    database: Database, make: Maker, clock: Clock
) -> None:
    with database.transaction() as session:
        place = make(session)
        event = record_event(session, place.draft("harvest"), desk=place.desk)
        assert elements_of(session, event)["harvesters"] == "Bên mẫu harvesters"
        erased = erase_values(session, event, actor=place.desk.actor, clock=clock)
        assert erased > 3
        kept = elements_of(session, event)
        assert "harvesters" not in kept
        assert kept["qty"] == {"value": "12.5", "unitCode": "KGM"}


def test_of_a_household_plot_only_the_commune_is_told(
    quick: Database, make: Maker
) -> None:
    with quick.transaction() as session:
        place = make(session)
        place.site.is_public = False
        place.site.name = "Thửa sau nhà"
        event = record_event(session, place.draft("process"), desk=place.desk)
        shown = signed_event(session, event)
        assert set(shown.values["place"]) == {"communeCode", "communeName"}
        assert "facility" not in shown.values
        assert elements_of(session, event)["facility"] == "Nơi mẫu facility"


def test_a_case_keeps_its_hidden_name_when_it_is_opened(
    database: Database, make: Maker
) -> None:
    with database.transaction() as session:
        place = make(session)
        closed = record_event(session, place.draft("aggregate"), desk=place.desk)
        draft = place.draft("aggregate", taken_apart=True)
        opened = record_event(session, draft, desk=place.desk)
        first, second = signed_event(session, closed), signed_event(session, opened)
        assert first.parent == second.parent != ""
        assert (second.action, second.biz_step) == ("DELETE", "unpacking")
        assert "9520001" not in first.parent


Changed = dict[str, Any]


@pytest.mark.parametrize(
    ("kind_id", "changed", "refusal"),
    [
        ("ship", {"to_party": ""}, ElementMissingError),
        ("ship", {"weather": "nắng"}, ElementUnknownError),
        ("ship", {"qty": {"value": "12,5", "unitCode": "KGM"}}, DomainError),
        ("ship", {"qty": {"value": "5", "unitCode": "HAR"}}, DomainError),
        ("ship", {"channel": "không có"}, DomainError),
        ("pack", {"exp_date": "2026-11-01"}, DomainError),
        ("pack", {"mfg_date": "2026-11-23"}, EventFutureError),
        ("pack", {"mfg_date": "2026-02-30"}, DomainError),
        ("pack", {"units": "-1"}, DomainError),
        ("test", {"file": {"name": "a", "sha256": "x", "mediaType": "b"}}, DomainError),
        ("test", {"result": 5}, DomainError),
        ("retail", {"shop_url": "javascript:alert(1)"}, DomainError),
        ("aggregate", {"parent_code": "195200010000000018"}, DomainError),
        ("input_use", {"withdrawal_ok": "có"}, DomainError),
        ("harvest", {"commune": "99999"}, DomainError),
    ],
)
def test_a_bad_value_is_refused_at_its_field(
    kind_id: str,
    changed: Changed,
    refusal: type[DomainError],
    quick: Database,
    make: Maker,
) -> None:
    elements = {**sample_elements(kind(kind_id)), **changed}
    with quick.transaction() as session:
        place = make(session)
        with pytest.raises(refusal) as caught:
            record_event(
                session, place.draft(kind_id, elements=elements), desk=place.desk
            )
        assert caught.value.field == next(iter(changed))
        assert caught.value.status in {400, 422}


@pytest.mark.parametrize(
    ("kind_id", "time", "refusal"),
    [
        ("ship", NOON + timedelta(days=3), EventFutureError),
        ("ship", datetime(2026, 11, 1, 8), EventZoneError),  # noqa: DTZ001 (the point)
        ("ship", datetime(1999, 1, 1, tzinfo=HANOI), DomainError),
        ("farm_setup", NOON, KindElsewhereError),
        ("recall", NOON, KindElsewhereError),
        ("inspect", NOON, ActorKindError),
        ("dance", NOON, DomainError),
    ],
)
def test_what_cannot_have_happened_here_is_refused(
    kind_id: str,
    time: datetime,
    refusal: type[DomainError],
    quick: Database,
    make: Maker,
) -> None:
    with quick.transaction() as session:
        place = make(session)
        draft = replace(place.draft("ship"), kind=kind_id, time=time)
        with pytest.raises(refusal):
            record_event(session, draft, desk=place.desk)


def test_what_comes_back_is_returned_and_what_fails_does_not_conform(
    quick: Database, make: Maker
) -> None:
    with quick.transaction() as session:
        place = make(session)
        draft = place.draft("receive", returned=True)
        returned = record_event(session, draft, desk=place.desk)
        failed = {**sample_elements(kind("test")), "result": "fail"}
        tested = record_event(
            session, place.draft("test", elements=failed), desk=place.desk
        )
        assert returned.disposition == "returned"
        assert tested.disposition == "non_conformant"


def test_a_laboratory_and_nobody_at_all(
    quick: Database, make: Maker, clock: Clock
) -> None:
    with quick.transaction() as session:
        place = make(session)
        party = session.get_one(Organisation, owner_of(place.desk.actor))
        party.kind = "laboratory"
        with pytest.raises(ActorKindError):
            record_event(session, place.draft("ship"), desk=place.desk)
        theirs = {**sample_elements(kind("test")), "lot": THEIRS}
        draft = place.draft("test", elements=theirs)
        assert record_event(session, draft, desk=place.desk).stage == "test"
        nobody = replace(place.desk.actor, organisation_id=None)
        with pytest.raises(ForbiddenError):
            record_event(session, draft, desk=replace(place.desk, actor=nobody))


def test_a_crop_is_named_by_its_id_and_only_by_its_grower(
    quick: Database, make: Maker
) -> None:
    with quick.transaction() as session:
        place = make(session)
        record_event(session, place.draft("planting"), desk=place.desk)
        [crop] = growings_of(session, owner_of(place.desk.actor))
        draft = place.draft("input_use", growing=crop.public_id)
        record_event(session, draft, desk=place.desk)
        assert len(growings_of(session, owner_of(place.desk.actor))) == 1
        with pytest.raises(GrowingUnknownError):
            record_event(session, replace(draft, growing="x"), desk=place.desk)
