"""A producer's, another's and an authority's programs, each with a key."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.api.document import assert_conforms
from tests.batches.make_batches import Producer, make_organisation, make_producer
from traceability.accounts.models import Organisation
from traceability.accounts.service import ApiKeyDraft, create_api_key
from traceability.catalog.models import Product, Site
from traceability.core.permissions import SYSTEM, Scope
from traceability.web.context import Services

BASE = "https://tx.example"
EVERYTHING = frozenset(Scope)


@dataclass
class Program:
    """A program of an organisation; every answer it gets is held to the document."""

    app: Flask
    key: str = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.send("PATCH", path, body, **headers)

    def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> TestResponse:
        sent = dict(headers)
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        address = path.removeprefix(BASE) if "/api/" in path else f"/api/v1{path}"
        answer = self.app.test_client().open(
            address,
            method=method,
            base_url=BASE,
            headers=sent,
            **({} if body is None else {"json": body}),
        )
        assert_conforms(self.app, method, address, answer)
        return answer


@dataclass
class Farm:
    """A producer, what a body of it names, and its program."""

    producer: Producer
    organisation: Organisation
    product: str
    site: str
    program: Program

    def batch(self, **changes: Any) -> dict[str, Any]:
        """A body that registers a batch."""
        return {
            "product": self.product,
            "site": self.site,
            "production_date": "2026-11-20",
            "quantity": "100.5",
            "unit": "KGM",
            **changes,
        }

    def issued(self) -> dict[str, Any]:
        """Register and issue a batch; return it as it was answered."""
        draft = self.program.post("/batches", self.batch())
        assert draft.status_code == 201, draft.get_data(as_text=True)
        issued = self.program.post(f"/batches/{draft.get_json()['id']}/issue")
        assert issued.status_code == 200, issued.get_data(as_text=True)
        found: dict[str, Any] = issued.get_json()
        return found


def make_key(
    use: Services, organisation_id: int, scopes: frozenset[Scope] = EVERYTHING
) -> str:
    draft = ApiKeyDraft(organisation_id=organisation_id, name="Mẫu", scopes=scopes)
    with use.database.transaction() as session:
        return create_api_key(session, draft, actor=SYSTEM, clock=use.clock)[1]


def make_farm(use: Services, app: Flask, number: int = 0) -> Farm:
    with use.database.transaction() as session:
        producer = make_producer(session, use.clock, number)
        product = session.get_one(Product, producer.product_id)
        site = session.get_one(Site, producer.site_id)
        found = select(Organisation).where(Organisation.id == product.organisation_id)
        organisation = session.scalars(found).one()
    return Farm(
        producer=producer,
        organisation=organisation,
        product=product.public_id,
        site=site.public_id,
        program=Program(app, make_key(use, organisation.id)),
    )


def make_authority(
    use: Services, app: Flask, scopes: frozenset[Scope] = EVERYTHING
) -> Program:
    with use.database.transaction() as session:
        home = make_organisation(session, use.clock, "Sở mẫu", kind="authority")
    return Program(app, make_key(use, home.id, scopes))


def problem(response: TestResponse) -> dict[str, Any]:
    """Return a refusal, having seen that it is a problem document."""
    assert response.mimetype == "application/problem+json", response.get_data(True)
    found: dict[str, Any] = response.get_json()
    assert found["status"] == response.status_code
    return found
