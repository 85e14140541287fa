"""Programs and operators print with a design, and meet the same refusals."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from tests.api.make_api import Program, make_farm, make_key, problem
from tests.batches.make_batches import Producer
from tests.web.make_web import make_app
from traceability.batches.models import Batch
from traceability.cli import main
from traceability.core.permissions import SYSTEM
from traceability.labels.design import Design
from traceability.labels.designs.service import (
    DesignDraft,
    add_design,
    archive_design,
)
from traceability.labels.models import LabelDesign, LabelRun
from traceability.web.context import Services

RUN = {"kind": "serial", "count": 2, "stock": "a4-65"}
FIELDS = ["product", "lot", "origin", "serial"]


@pytest.fixture
def design(use: Services, producer: Producer) -> LabelDesign:
    """A design for the pack's own label, which says too little."""
    draft = DesignDraft(name="Nhãn", design=Design.of(FIELDS, "label"))
    owner = producer.actor.organisation_id or 0
    with use.database.transaction() as session:
        return add_design(session, draft, owner=owner, actor=SYSTEM, clock=use.clock)


@pytest.fixture
def app(use: Services) -> Flask:
    return make_app(use)


@pytest.fixture
def program(use: Services, app: Flask, producer: Producer) -> Program:
    return Program(app, make_key(use, producer.actor.organisation_id or 0))


def lapse(use: Services, batch: Batch) -> None:
    with use.database.transaction() as session:
        session.get_one(Batch, batch.id).expiry = date(2030, 1, 1)


def test_a_program_prints_with_a_design(
    use: Services, app: Flask, program: Program, batch: Batch, design: LabelDesign
) -> None:
    [listed] = program.get("/label-designs").get_json()["items"]
    assert listed["id"] == design.public_id
    assert (listed["fields"], listed["purpose"]) == (FIELDS, "label")
    body = {**RUN, "batch": batch.public_id, "design": design.public_id}
    refused = problem(program.post("/label-runs", body))
    assert refused["code"] == "label-fields-missing"
    assert refused["field"] == "elsewhere"
    made = program.post(
        "/label-runs", {**body, "elsewhere": ["origin", "responsible", "name"]}
    ).get_json()
    assert made["design"] == design.public_id
    assert made["elsewhere"] == ["origin", "responsible"]
    usual = program.post("/label-runs", {**RUN, "batch": batch.public_id}).get_json()
    assert usual["design"] == ""
    stranger = make_farm(use, app, 1)
    other = {**RUN, "batch": stranger.issued()["id"], "design": design.public_id}
    assert problem(stranger.program.post("/label-runs", other))["status"] == 404
    lapse(use, batch)
    for name in ("sheets", "labels"):
        assert problem(program.get(made[name]))["code"] == "claim-lapsed"
    with use.database.transaction() as session:
        row = session.scalars(select(LabelDesign)).one()
        archive_design(session, row, away=True, actor=SYSTEM, clock=use.clock)
    assert problem(program.post("/label-runs", body))["code"] == "design-not-found"


def call(use: Services, *words: str) -> Result:
    return CliRunner().invoke(main, ["labels", *words], obj=use)


def test_an_operator_prints_with_a_design_and_reprints_while_it_holds(
    use: Services, tmp_path: Path, batch: Batch, design: LabelDesign
) -> None:
    out = tmp_path / "x.csv"
    words = ["--count=2", "--kind=lot", "--stock=a4-65", "--format=csv"]
    words += [f"--out={out}", f"--batch={batch.public_id}"]
    chosen = [*words, f"--design={design.public_id}"]
    refused = call(use, "print", *chosen)
    assert refused.exit_code != 0
    assert "elsewhere" in refused.output
    ticks = ["--elsewhere=origin", "--elsewhere=responsible"]
    assert call(use, "print", *chosen, *ticks).exit_code == 0
    assert "Chè mẫu · Lô: " in out.read_text("utf-8")
    with use.database.reading() as session:
        run = session.scalars(select(LabelRun)).one()
    again = ["reprint", f"--run={run.public_id}", "--format=csv", f"--out={out}"]
    first = out.read_bytes()
    assert call(use, *again).exit_code == 0
    assert out.read_bytes() == first
    lapse(use, batch)
    stopped = call(use, *again)
    assert stopped.exit_code != 0
    assert "dates were corrected" in stopped.output
