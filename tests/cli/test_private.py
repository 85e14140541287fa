"""The private port: figures without records, health under any name, nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.batches.make_batches import make_producer
from tests.conftest import FixedClock
from tests.faults.victim import actor_of, one_more
from tests.web.make_web import make_app, make_services, make_settings, running
from traceability.batches.service import issue_batch
from traceability.cli.private import private_server, serve_privately
from traceability.cli.watching import with_watch
from traceability.db.database import Database
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.room import label_keys_of
from traceability.labels.service import start_run
from traceability.labels.stock import STOCKS
from traceability.records.notary import notary_of
from traceability.web.context import Services


@pytest.fixture
def use(tmp_path: Path, database: Database, clock: FixedClock) -> Services:
    use = make_services(tmp_path / "home", database, clock)
    with database.transaction() as session:
        make_producer(session, clock)
    with database.transaction() as session:
        batch = one_more(session, use)
        issue_batch(session, batch, actor=actor_of(batch), notary=notary_of(use))
        start_run(
            session,
            batch,
            RunSpec(kind=LabelKind.SERIAL, count=7, stock=STOCKS["a4-65"]),
            actor=actor_of(batch),
            notary=notary_of(use),
            keys=label_keys_of(use),
        )
    return use


@pytest.fixture
def port(use: Services) -> Iterator[int]:
    app = make_app(use)
    app.test_client().get("/nowhere/x", base_url="https://tx.example")
    settings = replace(use.settings, metrics_port=0)
    server: Any = private_server(app, use, settings)
    with running(server):
        yield int(server.effective_port)


def got(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return int(answer.status), answer.read().decode()
    except HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def test_the_figures_are_told(port: int, use: Services) -> None:
    status, body = got(port, "/metrics")
    assert status == 200
    figures = dict(
        line.rsplit(" ", 1) for line in body.splitlines() if not line.startswith("#")
    )
    assert float(figures["traceability_log_size"]) >= 3
    assert float(figures["traceability_log_head_age_seconds"]) >= 0
    assert figures['traceability_batches{state="issued"}'] == "1.0"
    assert figures['traceability_labels{kind="serial"}'] == "7.0"
    assert figures["traceability_print_silent_seconds"] == "0.0"  # nothing waits
    assert figures['traceability_check_up{check="signer"}'] == "1.0"
    assert float(figures["traceability_trust_list_days_left"]) > 300
    asked = '{method="GET",route="-",status="404"}'
    assert figures[f"traceability_requests_total{asked}"] == "1.0"
    assert "traceability_request_seconds_count" in body


def test_health_answers_under_any_name_and_nothing_else_does(port: int) -> None:
    assert got(port, "/healthz")[0] == 200
    assert got(port, "/readyz")[0] == 200
    assert got(port, "/")[0] == 404
    assert got(port, "/sign-in")[0] == 404


def test_a_figure_that_cannot_be_read_is_left_out(
    use: Services, tmp_path: Path
) -> None:
    with Database(f"sqlite:///{tmp_path / 'no' / 'such' / 'file'}") as gone:
        lost = with_watch(replace(use, database=gone))
        server: Any = private_server(
            make_app(use), lost, replace(use.settings, metrics_port=0)
        )
        with running(server):
            status, body = got(int(server.effective_port), "/metrics")
    assert status == 200
    assert "traceability_log_size " not in body
    assert 'traceability_check_up{check="database"} 0.0' in body
    assert 'traceability_check_up{check="signer"} 1.0' in body


def test_without_a_setting_there_is_no_private_port(
    use: Services, tmp_path: Path
) -> None:
    before = make_settings(tmp_path)
    serve_privately(make_app(use), use, before)
    assert before.metrics_port is None
