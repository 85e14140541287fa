"""Programs have a large run made: the task, how far it is, the file."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask import Flask

from tests.api.make_api import Farm, make_farm, problem
from tests.labels.printing.make_printing import LineWriter
from tests.web.make_web import make_app, make_services
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.jobs.consuming import work_off
from traceability.labels.printing.archive import Archive
from traceability.labels.printing.press import Press
from traceability.labels.printing.room import worker_queue
from traceability.labels.room import label_keys_of
from traceability.web.context import Services

TYPES = {"pdf": "application/pdf", "csv": "text/csv"}


@pytest.fixture
def use(
    tmp_path: Path, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Services:
    monkeypatch.setattr("traceability.labels.job.AT_ONCE", 5)
    found = make_services(tmp_path / "home", database, clock)
    press = Press(
        archive=Archive((tmp_path / "archive").as_uri()),
        keys=label_keys_of(found),
        writer_for=lambda format_, *_: LineWriter(media_type=TYPES[format_]),
    )
    return found.with_(press)


@pytest.fixture
def app(use: Services) -> Flask:
    return make_app(use)


@pytest.fixture
def farm(use: Services, app: Flask) -> Farm:
    return make_farm(use, app)


def started(farm: Farm, count: int) -> dict[str, Any]:
    body = {"kind": "serial", "count": count, "stock": "a4-65"}
    answer = farm.program.post("/label-runs", {"batch": farm.issued()["id"], **body})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def work(use: Services) -> None:
    work_off(worker_queue(use, Event()))


def test_a_small_run_needs_no_task(farm: Farm) -> None:
    run = started(farm, 5)
    assert run["tasks"] == []
    sheets = farm.program.get(f"/label-runs/{run['id']}/sheets.pdf")
    assert sheets.get_data().startswith(b"%PDF")


def test_a_large_run_answers_with_its_task_and_later_with_its_file(
    use: Services, farm: Farm
) -> None:
    run = started(farm, 7)
    [task] = run["tasks"]
    assert (task["state"], task["format"], task["total"]) == ("queued", "pdf", 7)
    own = f"/label-runs/{run['id']}"
    early = farm.program.get(f"{own}/sheets.pdf")
    assert problem(early)["code"] == "print-not-ready"
    assert farm.program.get(f"{own}/tasks/{task['id']}/file").status_code == 409
    work(use)
    now = farm.program.get(f"{own}/tasks/{task['id']}").get_json()
    assert (now["state"], now["percent"], now["symbols_read"]) == ("ready", 100, 7)
    sheets = farm.program.get(f"{own}/sheets.pdf")
    assert len(sheets.get_data()) == now["size"]
    path = now["file"].partition("/api/v1")[2]
    assert farm.program.get(path).get_data() == sheets.get_data()
    assert farm.program.get(f"{own}").get_json()["tasks"] == [now]


def test_other_formats_are_asked_for_listed_and_cancelled(
    use: Services, farm: Farm
) -> None:
    run = started(farm, 7)
    own = f"/label-runs/{run['id']}"
    lost = farm.program.get(f"{own}/labels.csv")
    assert problem(lost)["code"] == "print-not-ready"
    asked = farm.program.post(
        f"{own}/tasks", {"format": "csv", "read_everything": True}
    )
    assert asked.status_code == 202, asked.get_data(as_text=True)
    task = asked.get_json()
    listed = farm.program.get(f"{own}/tasks").get_json()["items"]
    assert [one["format"] for one in listed] == ["pdf", "csv"]
    ended = farm.program.post(f"{own}/tasks/{task['id']}/cancel")
    assert ended.get_json()["state"] == "cancelled"
    again = farm.program.post(f"{own}/tasks/{task['id']}/cancel")
    assert problem(again)["code"] == "print-over"
    assert farm.program.post(f"{own}/tasks", {"format": "csv"}).status_code == 202
    work(use)
    assert farm.program.get(f"{own}/labels.csv").status_code == 200


def test_what_is_too_much_at_once_is_refused_with_its_run(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traceability.labels.printing.service.MOST_UNFINISHED", 1)
    run = started(farm, 7)
    more = farm.program.post(f"/label-runs/{run['id']}/tasks", {"format": "csv"})
    assert (more.status_code, problem(more)["code"]) == (409, "print-limit")
    body = {"kind": "serial", "count": 7, "stock": "a4-65"}
    other = farm.program.post("/label-runs", {"batch": run["batch"], **body})
    assert problem(other)["code"] == "print-limit"
    assert len(farm.program.get("/label-runs").get_json()["items"]) == 1


def test_a_failure_is_told_with_its_code(use: Services, farm: Farm) -> None:
    run = started(farm, 7)
    wrong = use.with_(
        Press(
            archive=use.get(Press).archive,
            keys=label_keys_of(use),
            writer_for=lambda *_: LineWriter(wrong=2),
        )
    )
    work(wrong)
    [task] = farm.program.get(f"/label-runs/{run['id']}/tasks").get_json()["items"]
    assert task["failure"]["code"] == "read-back-failed"
    assert task["failure"]["detail"].startswith("Label 3 does not read")


def test_other_producers_find_nothing(use: Services, app: Flask, farm: Farm) -> None:
    run = started(farm, 7)
    work(use)
    stranger = make_farm(use, app, 1).program
    [task] = run["tasks"]
    own = f"/label-runs/{run['id']}/tasks"
    for path in (own, f"{own}/{task['id']}", f"{own}/{task['id']}/file"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(own, {"format": "csv"}).status_code == 404
    assert stranger.post(f"{own}/{task['id']}/cancel").status_code == 404
    other = started(farm, 7)["id"]
    crossed = farm.program.get(f"/label-runs/{other}/tasks/{task['id']}")
    assert problem(crossed)["code"] == "print-task-not-found"
