"""Too many in line: the rest is told at once, health is told the truth."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from traceability.cli.serving import server_of
from traceability.settings import Settings
from traceability.web.shedding import MOST_WAITING, Shedding


@pytest.fixture
def app() -> Flask:
    app = Flask("small")
    for path in ("/", "/healthz"):
        app.add_url_rule(path, path, lambda: "fine")
    return app


@pytest.mark.parametrize(
    ("waiting", "path", "status"),
    [
        (MOST_WAITING, "/", 200),
        (MOST_WAITING + 1, "/", 503),
        (MOST_WAITING + 1, "/healthz", 200),
    ],
)
def test_who_would_wait_too_long_is_told_at_once(
    app: Flask, waiting: int, path: str, status: int
) -> None:
    shedding = Shedding(app)
    assert Client(shedding).get("/").status_code == 200
    shedding.watch(lambda: waiting)
    answer = Client(shedding).get(path)
    assert answer.status_code == status
    if status == 503:
        assert answer.headers["Retry-After"] == "2"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "bận" in answer.text


def test_the_server_counts_who_waits_for_a_thread(app: Flask, tmp_path: Any) -> None:
    settings = Settings(home=tmp_path, keys=tmp_path)
    server = server_of(app, settings, host="127.0.0.1", port=0)
    try:
        shedding: Any = server.application
        told: list[str] = []

        def start(status: str, *_: object) -> Callable[[bytes], object]:
            told.append(status)
            return lambda _: None

        server.task_dispatcher.queue.extend([None] * (MOST_WAITING + 1))
        shedding({"PATH_INFO": "/", "REMOTE_ADDR": "127.0.0.1"}, start)
        assert told == ["503 Service Unavailable"]
    finally:
        server.task_dispatcher.queue.clear()
        server.task_dispatcher.shutdown()
        server.close()
