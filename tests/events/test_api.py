"""Programs write events down, list them, and declare them wrong."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.api.make_api import Farm, Program, make_authority, make_farm, problem
from tests.events.make_events import sample_elements
from tests.web.make_web import make_app, make_services
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.events.kinds import kind
from traceability.web.context import Services


@pytest.fixture
def use(tmp_path: Path, database: Database, clock: Clock) -> Services:
    return make_services(tmp_path / "home", database, clock)


@pytest.fixture
def app(use: Services) -> Flask:
    return make_app(use)


@pytest.fixture
def farm(use: Services, app: Flask) -> Farm:
    return make_farm(use, app)


def shipping(farm: Farm, lot: str, **changes: Any) -> dict[str, Any]:
    elements = {**sample_elements(kind("ship")), "lot": lot}
    time = "2026-11-21T08:00:00+07:00"
    return {"kind": "ship", "time": time, "site": farm.site, "elements": elements} | (
        changes
    )


def test_an_event_is_written_down_listed_read_and_declared_wrong(
    use: Services, app: Flask, farm: Farm
) -> None:
    lot = farm.issued()["digital_link"]
    made = farm.program.post("/events", shipping(farm, lot))
    assert made.status_code == 201, made.get_data(as_text=True)
    event = made.get_json()
    assert event["epcis"]["bizStep"] == "shipping"
    assert event["elements"]["to_party"] == "Bên mẫu to_party"
    assert (event["late"], event["error"]) == (False, None)
    listed = farm.program.get(f"/events?lot={lot}&kind=ship&limit=1").get_json()
    assert [one["id"] for one in listed["items"]] == [event["id"]]
    births = farm.program.get(f"/events?lot={lot}&kind=harvest").get_json()
    assert len(births["items"]) == 1
    since = farm.program.get("/events?since=2026-11-21T00:00:00Z").get_json()
    assert [one["id"] for one in since["items"]] == [event["id"]]
    assert farm.program.get("/events?site=nowhere").get_json()["items"] == []
    right = shipping(farm, lot, time="2026-11-21T09:00:00+07:00")
    said = {"reason": "incorrect_data", "note": "Nhầm giờ", "corrective": right}
    told = farm.program.post(f"/events/{event['id']}/declare-error", said)
    assert told.status_code == 200, told.get_data(as_text=True)
    error = told.get_json()["error"]
    assert (error["reason"], error["note"]) == ("incorrect_data", "Nhầm giờ")
    corrective = farm.program.get(f"/events/{error['corrective']}")
    assert corrective.get_json()["time"] == "2026-11-21T02:00:00Z"
    again = farm.program.post(f"/events/{event['id']}/declare-error", said)
    assert problem(again)["code"] == "event-declared-wrong"


def test_private_elements_are_for_their_owner(
    use: Services, app: Flask, farm: Farm
) -> None:
    event = farm.program.post("/events", shipping(farm, farm.issued()["digital_link"]))
    address = f"/events/{event.get_json()['id']}"
    office: Program = make_authority(use, app)
    seen = office.get(address).get_json()["elements"]
    assert "to_party" not in seen
    assert seen["channel"] == "shop"
    other = make_farm(use, app, 1)
    assert other.program.get(address).status_code == 404
    wrong = {"reason": "did_not_occur"}
    assert other.program.post(f"{address}/declare-error", wrong).status_code == 404
    assert office.post(f"{address}/declare-error", wrong).status_code == 404
    assert other.program.get("/events").get_json()["items"] == []


def test_of_an_own_lot_what_others_wrote_down_is_listed_too(
    use: Services, app: Flask, farm: Farm
) -> None:
    lot = farm.issued()["digital_link"]
    shop = make_farm(use, app, 1)
    taken = shipping(shop, lot) | {"kind": "receive"}
    taken["elements"] = sample_elements(kind("receive")) | {"lot": lot}
    assert shop.program.post("/events", taken).status_code == 201

    def listed(program: Program, query: str = "") -> list[tuple[bool, bool]]:
        items = program.get(f"/events{query}").get_json()["items"]
        taken = [one for one in items if one["kind"] == "receive"]
        return [(one["own"], "from_party" in one["elements"]) for one in taken]

    assert listed(farm.program, f"?lot={lot}") == [(False, False)]
    assert listed(farm.program) == []
    assert listed(shop.program, f"?lot={lot}") == [(True, True)]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"time": "2026-11-21T08:00:00"}, "time-without-zone", "time"),
        ({"time": "2026-12-21T08:00:00Z"}, "event-in-future", "time"),
        ({"time": "0001-01-01T00:00:00+14:00"}, "element-invalid", "time"),
        ({"elements": {"lot": "x"}}, "event-lot-unknown", "elements.lot"),
        ({"elements": {"qty": 5}}, "element-invalid", "elements.qty"),
        ({"kind": "recall"}, "event-kind-elsewhere", "kind"),
        ({"kind": "inspect"}, "event-actor", "kind"),
        ({"kind": "dance"}, "invalid", "kind"),
    ],
)
def test_what_is_refused_names_its_field(
    farm: Farm, changes: dict[str, Any], code: str, field: str
) -> None:
    body = shipping(farm, farm.issued()["digital_link"])
    elements = {**body["elements"], **changes.get("elements", {})}
    refused = problem(
        farm.program.post("/events", {**body, **changes, "elements": elements})
    )
    assert (refused["code"], refused["field"]) == (code, field)


def test_kinds_and_chains_need_no_key(app: Flask) -> None:
    stranger = Program(app)
    kinds = stranger.get("/event-kinds").get_json()["items"]
    assert len(kinds) == 23
    assert len(stranger.get("/chains").get_json()["items"]) == 13


def test_an_inspector_says_the_place_in_words(
    use: Services, app: Flask, farm: Farm
) -> None:
    lot = farm.issued()["digital_link"]
    office = make_authority(use, app)
    elements = {**sample_elements(kind("inspect")), "lot": lot, "place": "Chợ mẫu"}
    body = {"kind": "inspect", "time": "2026-11-21T08:00:00Z", "elements": elements}
    made = office.post("/events", body)
    assert made.status_code == 201, made.get_data(as_text=True)
    assert made.get_json()["elements"]["place"] == {"name": "Chợ mẫu"}
    del elements["place"]
    assert problem(office.post("/events", body))["field"] == "elements.place"
