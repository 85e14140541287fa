"""Schemathesis asks every operation what nobody thought of, over a real socket.

It runs from an environment of its own, made by `make test`: what it depends on is no
matter of the service. The seed is fixed, so that a failure comes again.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.api.make_api import make_key
from tests.batches.make_batches import Producer, make_draft
from tests.journeys.make_service import Sample, Service, served
from traceability.accounts.models import Organisation, Person
from traceability.batches.models import Batch
from traceability.batches.service import register_batch
from traceability.catalog.models import Certificate, IpRight, Product, Site
from traceability.core.permissions import Actor
from traceability.labels.models import LabelRun
from traceability.ocop.models import Recognition
from traceability.records.models import SignedRecord

ROOT = Path(__file__).parents[2]
COMMAND = ROOT / ".venv-schemathesis" / "bin" / "st"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
CASES_EACH = 3
OTHER_METHODS = ["PUT", "QUERY"]  # a known one and a new one; all the rest are alike
SEED = 20261122
LONGEST = 600  # seconds, where others keep both cores busy; it takes one minute
OFFICIAL = "^/api/v1/(organisations|people|recognitions|inspections)"
KNOWN = 0.7  # how often something that exists is asked for
PLACES = {
    "batches": "batches",
    "certificates": "certificates",
    "ip-rights": "rights",
    "label-runs": "runs",
    "organisations": "organisations",
    "products": "products",
    "recognitions": "recognitions",
    "records": "records",
    "sites": "sites",
}
DAYS = {
    "production_date": ["2026-11-01", "2026-11-02"],
    "packaging_date": ["2026-11-03", "2026-11-04"],
    "best_before": ["2027-11-01"],
    "expiry": ["2027-12-01"],
    "issued": ["2026-06-01"],
    "withdrawn_on": ["2026-11-20"],
}
BODIES = {
    **dict.fromkeys(DAYS, ""),
    "product": "products",
    "site": "sites",
    "batch": "batches",
}


@pytest.fixture
def service(sample: Sample, tmp_path: Path) -> Iterator[Service]:
    with served(sample, tmp_path / "home") as running:
        yield running


def things(session: Session, owner: int) -> dict[str, list[Any]]:
    """Ids of what the producer has, as bodies and addresses name it."""

    def ids(model: Any, *conditions: Any) -> list[Any]:
        return list(session.scalars(select(model.public_id).where(*conditions)))

    mine = select(Batch.id).where(Batch.organisation_id == owner)
    return {
        "batches": ids(Batch, Batch.organisation_id == owner),
        "certificates": ids(Certificate, Certificate.organisation_id == owner),
        "rights": ids(IpRight, IpRight.organisation_id == owner),
        "runs": ids(LabelRun, LabelRun.batch_id.in_(mine)),
        "organisations": ids(Organisation, Organisation.id != owner)[-2:],
        "people": list(session.scalars(select(Person.id)))[-2:],
        "products": ids(Product, Product.organisation_id == owner),
        "recognitions": ids(Recognition),
        "records": ids(SignedRecord)[:20],
        "sites": ids(Site, Site.organisation_id == owner),
        **DAYS,
    }


def add_drafts(service: Service, owner: int) -> None:
    """Register some batches that can still be changed and issued."""
    use = service.use
    with use.database.transaction() as session:
        own = Product.organisation_id == owner
        product = session.scalars(select(Product).where(own)).first()
        site = session.scalars(select(Site).where(Site.organisation_id == owner))
        found = site.first()
        assert product is not None
        assert found is not None
        actor = Actor(kind="person", id=1, name="Mẫu", organisation_id=owner)
        producer = Producer(actor, product.id, found.id)
        for _ in range(4):
            register_batch(
                session,
                make_draft(producer),
                actor=actor,
                clock=use.clock,
                identity=use.identity,
            )


def settings_of(service: Service) -> str:
    """Return what Schemathesis is told: keys, and things that exist, as TOML."""
    with service.use.database.reading() as session:
        owner = session.scalars(select(Batch.organisation_id).limit(1)).one()
        official = Organisation.kind == "authority"
        authority = session.scalars(select(Organisation.id).where(official)).one()
    add_drafts(service, owner)
    with service.use.database.reading() as session:
        known = {name: ids for name, ids in things(session, owner).items() if ids}
    return "\n".join(
        [
            _key_of(service, owner),
            "[phases.coverage]",
            f"unexpected-methods = {json.dumps(OTHER_METHODS)}",
            "[parameters]",
            *(_known(f"body.{name}", kind or name) for name, kind in BODIES.items()),
            *(line for name in known for line in _dictionary(name, known[name])),
            "[[operations]]",
            f"include-path-regex = '{OFFICIAL}'",
            _key_of(service, authority),
            *(line for place in PLACES.items() for line in _asked_for(*place)),
        ]
    )


def _key_of(service: Service, organisation_id: int) -> str:
    key = make_key(service.use, organisation_id)
    return f'headers = {{ Authorization = "Bearer {key}" }}'


def _dictionary(name: str, values: list[Any]) -> list[str]:
    return [f"[dictionaries.{name}]", f"values = {json.dumps(values)}"]


def _known(parameter: str, kind: str) -> str:
    return f'"{parameter}" = {{ dictionary = "{kind}", probability = {KNOWN} }}'


def _asked_for(place: str, kind: str) -> list[str]:
    return [
        "[[operations]]",
        f"include-path-regex = '^/api/v1/{place}/'",
        "[operations.parameters]",
        _known("path.public_id", kind),
    ]


def test_no_request_breaks_the_api_or_is_answered_beyond_its_document(
    service: Service, tmp_path: Path
) -> None:
    assert COMMAND.exists(), "run `make .venv-schemathesis/.checks` first"
    told = tmp_path / "schemathesis.toml"
    told.write_text(settings_of(service), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 (our own environment)
        [
            *(str(COMMAND), "--config-file", str(told)),
            *("run", f"{service.origin}/api/v1/openapi.json"),
            *("--checks", ",".join(CHECKS), "--phases", "coverage,fuzzing"),
            *("--max-examples", str(CASES_EACH), "--seed", str(SEED)),
            *("--no-shrink", "--continue-on-failure", "--warnings", "off"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No test cases were generated" not in done.stdout
