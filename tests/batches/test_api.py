"""Programs register and issue lots over the API, strictly."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.batches.make_batches import GTINS, Producer, make_producer
from traceability.accounts.service import ApiKeyDraft, create_api_key
from traceability.batches.models import Batch
from traceability.catalog.models import Product, Site
from traceability.core.permissions import SYSTEM, Scope
from traceability.web.context import Services

BOTH = frozenset({Scope.BATCHES_READ, Scope.BATCHES_WRITE})


class Program:
    """A program with a key, and the body it sends."""

    def __init__(
        self,
        use: Services,
        app: Flask,
        number: int = 0,
        may: frozenset[Scope] = BOTH,
    ) -> None:
        self.use, self.client = use, app.test_client()
        with use.database.transaction() as session:
            self.producer: Producer = make_producer(session, use.clock, number)
            owner = self.producer.actor.organisation_id
            assert owner is not None
            draft = ApiKeyDraft(organisation_id=owner, name="Mẫu", scopes=may)
            _row, self.key = create_api_key(
                session, draft, actor=SYSTEM, clock=use.clock
            )
            product = session.get_one(Product, self.producer.product_id)
            site = session.get_one(Site, self.producer.site_id)
            self.body: dict[str, Any] = {
                "product": product.public_id,
                "site": site.public_id,
                "production_date": "2026-11-20",
                "quantity": "100.5",
                "unit": "KGM",
            }

    def get(self, path: str = "") -> TestResponse:
        return self._open("GET", path)

    def post(self, path: str = "", body: Any = None, **headers: str) -> TestResponse:
        if isinstance(body, str | bytes):
            headers["Content-Type"] = "application/json"
            return self._open("POST", path, data=body, headers=headers)
        return self._open("POST", path, json=body, headers=headers)

    def register(self, **changes: Any) -> TestResponse:
        return self.post("", {**self.body, **changes})

    def _open(
        self, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any
    ) -> TestResponse:
        return self.client.open(
            f"/api/v1/batches{path}",
            method=method,
            base_url="https://tx.example",
            headers={"Authorization": f"Bearer {self.key}", **(headers or {})},
            **sent,
        )


@pytest.fixture
def program(use: Services, app: Flask) -> Program:
    return Program(use, app)


def problem(response: TestResponse) -> dict[str, Any]:
    assert response.mimetype == "application/problem+json", response.get_data(True)
    found = response.get_json()
    assert found["status"] == response.status_code
    assert isinstance(found, dict)
    return found


def count(use: Services) -> int:
    with use.database.reading() as session:
        return len(session.scalars(select(Batch)).all())


def test_a_lot_is_registered_read_listed_and_issued(program: Program) -> None:
    response = program.register(variety="LDP1")
    assert response.status_code == 201
    draft = response.get_json()
    assert draft["lot_number"] == "261120-01"
    assert draft["digital_link"] == f"https://tx.example/01/{GTINS[0]}/10/261120-01"
    assert (draft["status"], draft["quantity"], draft["unit"]) == (
        "draft",
        "100.5",
        "KGM",
    )
    assert draft["record"] is None
    issued = program.post(f"/{draft['id']}/issue").get_json()
    assert issued["status"] == "issued"
    assert issued["record"]["version"] == 1
    assert program.get(f"/{draft['id']}").get_json() == issued
    listed = program.get("?status=issued&q=261120").get_json()
    brief = {k: v for k, v in issued.items() if k not in {"inputs", "history"}}
    assert listed == {"items": [brief], "next": None}
    assert problem(program.post(f"/{draft['id']}/issue"))["code"] == "batch-issued"


@pytest.mark.parametrize("product", [GTINS[0], GTINS[0][1:]])
def test_a_product_is_named_by_its_gtin_too(program: Program, product: str) -> None:
    assert program.register(product=product).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"production_date": "2026-02-30"}, 422, "day-invalid", "production_date"),
        ({"production_date": 20261120}, 422, "day-invalid", "production_date"),
        (
            {"production_date": "2026-11-23"},
            422,
            "batch-date-future",
            "production_date",
        ),
        (
            {"packaging_date": "2026-11-19"},
            422,
            "batch-harvest-after-packing",
            "packaging_date",
        ),
        ({"expiry": "2026-11-19"}, 422, "batch-expiry-before-packing", "expiry"),
        ({"production_date": "1999-01-01"}, 422, "batch-date-range", "production_date"),
        ({"quantity": "0"}, 422, "quantity-invalid", "quantity"),
        ({"quantity": "-5"}, 422, "quantity-invalid", "quantity"),
        ({"quantity": "1e18"}, 422, "quantity-invalid", "quantity"),
        ({"quantity": "1000000000000000000"}, 422, "quantity-invalid", "quantity"),
        ({"quantity": "1.000,5"}, 422, "quantity-invalid", "quantity"),
        ({"quantity": "12kg"}, 422, "quantity-invalid", "quantity"),
        ({"quantity": 12.5}, 422, "quantity-invalid", "quantity"),
        ({"quantity": "٣"}, 422, "quantity-invalid", "quantity"),
        ({"unit": "Kg"}, 422, "unit-unknown", "unit"),
        ({"unit": "cân"}, 422, "unit-unknown", "unit"),
        ({"lot_number": "A" * 21}, 422, "batch-lot-format", "lot_number"),
        ({"lot_number": "LÔ-1"}, 422, "batch-lot-format", "lot_number"),
        ({"lot_number": "🍵"}, 422, "batch-lot-format", "lot_number"),
        ({"variety": "a\u200bb"}, 422, "invalid", "variety"),
        ({"variety": "a\u202eb"}, 422, "invalid", "variety"),
        ({"stage": "conjuring"}, 422, "invalid", "stage"),
        ({"surprise": 1}, 422, "invalid", "surprise"),
        ({"product": "95200010010171"}, 400, "check-digit", None),
        ({"product": "09520001002014"}, 404, "product-not-found", None),
        ({"site": "x"}, 404, "site-not-found", None),
        (
            {"inputs": [{"source": "x", "quantity": "1", "unit": "KGM"}]},
            404,
            "source-not-found",
            "inputs-0-source",
        ),
        (
            {"inputs": [{"quantity": "1", "unit": "KGM"}]},
            422,
            "batch-input-shape",
            "inputs-0-source",
        ),
        (
            {"inputs": [{"outside": "Bột", "quantity": "98", "unit": "KGM"}]},
            409,
            "mass-balance",
            "override_reason",
        ),
    ],
)
def test_bad_values_are_refused_with_their_rule_and_field(
    use: Services,
    program: Program,
    changes: dict[str, Any],
    status: int,
    code: str,
    field: str | None,
) -> None:
    found = problem(program.register(**changes))
    assert (found["status"], found["code"], found.get("field")) == (status, code, field)
    assert count(use) == 0


def test_the_refusal_of_a_balance_names_both_totals(program: Program) -> None:
    line = {"outside": "Bột", "quantity": "98", "unit": "KGM"}
    found = problem(program.register(inputs=[line]))
    assert "98 kg" in found["detail"]
    assert "100.5 kg" in found["detail"]
    reasoned = program.register(inputs=[line], override_reason="Thêm nước khi tráng")
    assert reasoned.status_code == 201
    shown = reasoned.get_json()["overrides"]
    assert shown == [{"rule": "mass", "reason": "Thêm nước khi tráng"}]
    found = problem(program.register(override_order="vì thế"))
    assert (found["code"], found["field"]) == (
        "override-reason-short",
        "override_order",
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"product": "a", "product": "b"}', 400),
        ('{"quantity": NaN}', 400),
        ('{"quantity": Infinity}', 400),
        ('{"quantity": 1e400}', 400),
        ('{"quantity": ' + "9" * 5000 + "}", 400),
        ("[" * 100_000, 400),
        ('{"variety": "\\ud800"}', 400),
        ('{"variety": "\\u0000"}', 400),
        (b"\xff", 400),
        ("[]", 422),
        ("{}", 422),
    ],
)
def test_json_that_two_readers_read_differently_is_refused(
    use: Services, program: Program, body: str | bytes, status: int
) -> None:
    assert problem(program.post("", body))["status"] == status
    assert count(use) == 0


@pytest.mark.parametrize("query", ["?page=-1", "?limit=1e9", "?x=1", "?page=1&page=2"])
def test_unknown_and_senseless_query_keys_are_refused(
    program: Program, query: str
) -> None:
    assert problem(program.get(query))["status"] == 422


def test_the_same_request_twice_is_done_once(use: Services, program: Program) -> None:
    header = {"Idempotency-Key": "lo-1"}
    first = program.post("", program.body, **header)
    again = program.post("", program.body, **header)
    assert again.status_code == first.status_code == 201
    assert again.get_json() == first.get_json()
    other = program.post("", {**program.body, "quantity": "7"}, **header)
    assert problem(other)["code"] == "key-reuse"
    assert count(use) == 1
    path = f"/{first.get_json()['id']}/issue"
    header = {"Idempotency-Key": "lo-1-issue"}
    issued = program.post(path, **header)
    assert program.post(path, **header).get_json() == issued.get_json()


@pytest.mark.parametrize("key", ["", "x" * 101, "a b", "é"])
def test_a_key_that_is_none_is_refused(
    use: Services, program: Program, key: str
) -> None:
    header = {"Idempotency-Key": key.encode().decode("latin-1")}
    found = problem(program.post("", program.body, **header))
    assert found["code"] == "idempotency-key-invalid"
    assert count(use) == 0


def test_a_refused_request_may_be_put_right_under_its_key(program: Program) -> None:
    header = {"Idempotency-Key": "k"}
    bad = program.post("", {**program.body, "lot_number": "/"}, **header)
    assert bad.status_code == 422
    assert program.post("", program.body, **header).status_code == 201


def test_another_producers_program_finds_nothing(
    use: Services, app: Flask, program: Program
) -> None:
    mine = program.register().get_json()["id"]
    other = Program(use, app, 1)
    assert problem(other.get(f"/{mine}"))["code"] == "batch-not-found"
    assert problem(other.post(f"/{mine}/issue"))["code"] == "batch-not-found"
    assert other.get().get_json() == {"items": [], "next": None}
    stolen = other.register(product=program.body["product"])
    assert problem(stolen)["code"] == "product-not-found"
    draft = {"source": mine, "quantity": "1", "unit": "KGM"}
    found = problem(other.register(inputs=[draft]))
    assert (found["status"], found["code"]) == (404, "source-not-found")


def test_a_key_does_only_what_its_scopes_say(use: Services, app: Flask) -> None:
    reader = Program(use, app, 0, frozenset({Scope.BATCHES_READ}))
    assert reader.get().status_code == 200
    assert problem(reader.register())["status"] == 403
    writer = Program(use, app, 1, frozenset({Scope.BATCHES_WRITE}))
    assert problem(writer.get())["status"] == 403
    writer.key = "nothing"
    assert problem(writer.register())["status"] == 401


def test_the_api_describes_itself(program: Program, app: Flask) -> None:
    document = app.test_client().get(
        "/api/v1/openapi.json", base_url="https://tx.example"
    )
    paths = document.get_json()["paths"]
    assert set(paths["/api/v1/batches"]) >= {"get", "post"}
    assert "/api/v1/batches/{public_id}/issue" in paths
