"""An answer is given again only to the same request, and only while it holds."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Blueprint, Response, request
from werkzeug.test import TestResponse

from tests.conftest import FixedClock
from tests.web.make_web import make_services, make_settings, make_shell
from traceability.db.database import Database
from traceability.web import logs
from traceability.web.context import Services
from traceability.web.installing import Application
from traceability.web.kept import Fresh, KeptAnswers, hold, lend
from traceability.web.metrics import Metrics

ORIGIN = "https://tx.example"
FOREIGN = {"REMOTE_ADDR": "203.0.113.7"}


@dataclass
class Desk:
    """A view that says how often it was asked, and when that no longer holds."""

    use: Services
    asked: int = 0
    holds: bool = True
    fresh: Callable[[str], Fresh | None] | None = None
    app: Application = field(init=False)

    def __post_init__(self) -> None:
        room = Blueprint("room", __name__)
        room.add_url_rule("/desk/<name>", view_func=self.view, methods=["GET", "POST"])
        app = make_shell(self.use, room)
        assert isinstance(app, Application)
        self.app = app

    def view(self, name: str) -> Response:
        self.asked += 1
        body = f"{name} {self.asked}".encode()
        hold(body, lambda: self.holds)
        if self.fresh is not None:
            lend(self.fresh)
        response = Response(body)
        response.headers["Content-Language"] = request.headers.get("Accept-Language")
        return response

    def ask(self, path: str = "/desk/a", **headers: str) -> TestResponse:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.test_client().get(
            path, base_url=ORIGIN, headers=given, environ_overrides=FOREIGN
        )


@pytest.fixture
def desk(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Desk:
    use = make_services(tmp_path / "home", sqlite_database, clock)
    return Desk(use.with_(Metrics()))


def test_an_answer_is_given_again_with_its_headers_and_a_number_of_its_own(
    desk: Desk,
) -> None:
    first, second = desk.ask(), desk.ask()
    assert first.text == second.text == "a 1"
    ours, theirs = dict(first.headers), dict(second.headers)
    assert ours.pop("X-Request-ID") != theirs.pop("X-Request-ID")
    assert ours == theirs
    assert "Content-Security-Policy" in ours
    given = "0123456789abcdef" * 2
    assert desk.ask(X_Request_ID=given).headers["X-Request-ID"] == given
    assert desk.ask(X_Request_ID="typed").headers["X-Request-ID"] != "typed"
    assert desk.asked == 1


def test_what_no_longer_holds_is_asked_anew(desk: Desk) -> None:
    desk.ask()
    desk.holds = False
    assert [desk.ask().text, desk.ask().text] == ["a 2", "a 3"]
    desk.holds = True
    assert desk.ask().text == "a 3"


def test_a_request_that_differs_is_another_one(desk: Desk) -> None:
    desk.ask()
    others: list[tuple[str, dict[str, str]]] = [
        ("/desk/b", {}),
        ("/desk/a?", {}),
        ("/desk/a?lang=en", {}),
        ("/desk/a", {"Accept_Language": "en"}),
        ("/desk/a", {"Accept_Encoding": "gzip"}),
        ("/desk/a", {"If_None_Match": '"x"'}),
    ]
    for times, (path, headers) in enumerate(others, start=2):
        assert desk.ask(path, **headers).status_code == 200
        assert desk.asked == times
    client = desk.app.test_client()
    assert client.head("/desk/a", base_url=ORIGIN).status_code == 200
    assert client.post("/desk/a", base_url=ORIGIN).status_code == 200
    assert desk.asked == len(others) + 3


def test_a_foreign_host_is_refused_whatever_was_kept(desk: Desk) -> None:
    desk.ask()
    assert desk.ask(Host="evil.example").status_code == 400
    here = {"REMOTE_ADDR": "127.0.0.1"}
    local = desk.app.test_client().get(
        "/desk/a", base_url="http://localhost", environ_overrides=here
    )
    assert local.status_code == 200  # a health check on this machine may
    assert desk.ask(Host="localhost").status_code == 400


def test_each_is_counted_and_logged(
    desk: Desk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.configure(make_settings(tmp_path, log_format="json"))
    try:
        numbers = [desk.ask().headers["X-Request-ID"] for _ in range(3)]
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    lines = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
    assert [one["request_id"] for one in lines] == numbers
    assert {(one["route"], one["status"]) for one in lines} == {("/desk/<name>", 200)}
    told = ("/desk/<name>", "GET", "200")
    counted = desk.use.get(Metrics).requests.labels(*told)._value.get()  # noqa: SLF001
    assert counted == 3


def test_what_is_kept_is_bounded(desk: Desk) -> None:
    desk.app.kept = KeptAnswers(lambda _: None, most_bytes=5000)
    for name in "abc":
        desk.ask(f"/desk/{name}")
    assert desk.ask("/desk/c").text == "c 3"
    assert desk.ask("/desk/a").text == "a 4"


def test_a_lent_head_is_counted_and_numbered_like_any_other(desk: Desk) -> None:
    desk.fresh = lambda target: Fresh(target.encode(), '"name"', lambda: desk.holds)
    first, second = desk.ask("/desk/a"), desk.ask("/desk/b")
    assert (desk.asked, second.text, second.headers["ETag"]) == (1, "/desk/b", '"name"')
    assert second.headers["Content-Length"] == "7"
    ours, theirs = dict(first.headers), dict(second.headers)
    assert ours.pop("X-Request-ID") != theirs.pop("X-Request-ID")
    assert {*theirs} - {*ours} == {"ETag"}
    assert ours.pop("Content-Length") != theirs.pop("Content-Length")
    assert {name: theirs[name] for name in ours} == ours
    given = "0123456789abcdef" * 2
    assert desk.ask("/desk/c", X_Request_ID=given).headers["X-Request-ID"] == given
    metrics = desk.use.get(Metrics)
    labels = {"route": "/desk/<name>", "method": "GET", "status": "200"}
    counted = metrics.registry.get_sample_value("traceability_requests_total", labels)
    assert counted == 3


def test_a_head_is_lent_to_the_same_caller_alone(desk: Desk) -> None:
    desk.fresh = lambda _target: Fresh(b"lent", '"name"', lambda: True)
    desk.ask()
    others: list[tuple[str, dict[str, str]]] = [
        ("/desk/b", {"Accept_Language": "en"}),
        ("/desk/c", {"Accept_Encoding": "gzip"}),
        ("/desk/d", {"If_None_Match": '"x"'}),
    ]
    for path, headers in others:
        assert desk.ask(path, **headers).text != "lent"
    assert desk.ask("/desk/e", Host="evil.example").status_code == 400
    client = desk.app.test_client()
    assert client.post("/desk/f", base_url=ORIGIN).text != "lent"
    assert client.head("/desk/g", base_url=ORIGIN).status_code == 200
    assert desk.asked == len(others) + 3


def test_where_nothing_is_lent_the_whole_way_answers(desk: Desk) -> None:
    def broken(_target: str) -> Fresh:
        raise RuntimeError

    for times, loan in enumerate((lambda _target: None, broken)):
        desk.fresh = loan
        assert desk.ask(f"/desk/a{times}").text == f"a{times} {2 * times + 1}"
        assert desk.ask(f"/desk/b{times}").text == f"b{times} {2 * times + 2}"
