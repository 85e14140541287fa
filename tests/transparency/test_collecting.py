"""Cosignatures collected for our own heads, from witnesses good and bad."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from tests.conftest import FixedClock
from tests.transparency.make_transparency import ORIGIN, Keys, fill, head_path
from tests.transparency.make_witnesses import (
    Reply,
    SmallWitness,
    Wire,
    make_witnesses,
)
from tests.transparency.test_witness import make_home
from traceability.db.database import Database
from traceability.transparency.asking import Answer, Asker
from traceability.transparency.collecting.service import MAX_ANSWER, REFRESH, Collector
from traceability.transparency.cosignatures import cosignatures_on, times_of
from traceability.transparency.cosigned_file import CosignedFiles
from traceability.transparency.errors import PeerSilentError
from traceability.transparency.note import parse_note, parse_vkey
from traceability.transparency.policy import Policy, parse_policy
from traceability.transparency.service import TransparencyLog
from traceability.transparency.witnessing.home import LOGS
from traceability.transparency.witnessing.service import WitnessService
from traceability.transparency.witnessing.submission import parse_submission
from traceability.transparency.witnessing.wsgi import application


def through_wsgi(witness: WitnessService) -> Reply:
    """A true witness, asked as the server asks it."""
    answer = application(witness)

    def reply(body: bytes) -> Answer:
        told: list[tuple[int, str]] = []

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            told.append((int(status[:3]), dict(headers)["Content-Type"].split(";")[0]))

        class Input:
            def read(self, most: int) -> bytes:
                return body[:most]

        environ = {
            "PATH_INFO": "/add-checkpoint",
            "REQUEST_METHOD": "POST",
            "wsgi.input": Input(),
        }
        content = b"".join(answer(environ, start))
        return Answer(*told[0], content)

    return reply


A, B, C = make_witnesses("a", "b", "c")
URLS = {one.name: f"https://{one.name}.example" for one in (A, B, C)}


def policy(least: str = "2") -> Policy:
    lines = "".join(one.policy_line(URLS[one.name]) for one in (A, B, C))
    return parse_policy(f"{lines}group us {least} a b c\nquorum us\n")


@pytest.fixture
def wire(clock: FixedClock) -> Wire:
    found = Wire(clock)
    for one in (A, B, C):
        found.replies[URLS[one.name]] = found.small(one)
    return found


def make_log(folder: Path, keys: Keys, asked: Policy) -> TransparencyLog:
    return TransparencyLog(
        signer_of=keys.signer,
        vkeys_of=keys.vkeys,
        origin=ORIGIN,
        head_file=head_path(folder),
        policy=asked,
    )


@pytest.fixture
def log(tmp_path: Path, keys: Keys) -> TransparencyLog:
    return make_log(tmp_path, keys, policy())


@pytest.fixture
def collector(
    log: TransparencyLog, database: Database, clock: FixedClock, wire: Wire
) -> Collector:
    return Collector(log, database, clock, wire)


def served(log: TransparencyLog, database: Database) -> str:
    with database.reading() as session:
        return log.checkpoint(session)


def names_on(note: str, log: TransparencyLog) -> set[str]:
    return set(times_of(cosignatures_on(note, log.cosigned.policy.witnesses, 2**62)))


def test_a_head_is_published_at_once_and_cosigned_afterwards(
    collector: Collector, log: TransparencyLog, database: Database
) -> None:
    fill(log, database, 3)
    assert names_on(served(log, database), log) == set()
    found = collector.collect()
    assert (found.size, found.cosigned, found.quorum) == (3, ("a", "b", "c"), True)
    assert names_on(served(log, database), log) == {"a", "b", "c"}
    fill(log, database, 2)
    assert names_on(served(log, database), log) == set()


def test_an_empty_log_asks_nobody(collector: Collector, wire: Wire) -> None:
    assert collector.collect().size == 0
    assert wire.asked == []


def test_witnesses_are_asked_again_only_when_there_is_something_new(
    collector: Collector,
    log: TransparencyLog,
    database: Database,
    wire: Wire,
    clock: FixedClock,
) -> None:
    fill(log, database, 3)
    collector.collect()
    collector.collect()
    assert len(wire.asked) == 3
    clock.instant = clock.instant.fromtimestamp(
        clock.instant.timestamp() + REFRESH, clock.instant.tzinfo
    )
    collector.collect()
    assert len(wire.asked) == 6
    assert log.cosigned.quorum_at() == int(clock.now().timestamp())


def test_true_witnesses_follow_the_log_as_it_grows(
    tmp_path: Path, keys: Keys, database: Database, clock: FixedClock
) -> None:
    home = make_home(tmp_path)
    (home.folder / LOGS).write_text(keys.vkeys()[0])
    wire = Wire(clock)
    wire.replies["https://w.example"] = through_wsgi(home.open(clock))
    vkey = (home.folder / "witness.vkey").read_text().strip()
    asked = parse_policy(f"witness w {vkey} https://w.example/\nquorum w\n")
    log = make_log(tmp_path, keys, asked)
    for count in (1, 5, 300, 1):
        fill(log, database, count)
        fresh = Collector(log, database, clock, wire)  # it remembers no sizes
        assert fresh.collect().quorum
    assert home.state(home.key()).read(ORIGIN).size == 307
    assert names_on(served(log, database), log) == {"w"}


def test_what_waits_for_its_quorum_is_proven_under_the_last_that_has_it(
    collector: Collector, log: TransparencyLog, database: Database
) -> None:
    fill(log, database, 3)
    collector.collect()
    fill(log, database, 2)
    with database.reading() as session:
        assert log.head_for(session, 3).checkpoint.size == 3
        assert log.head_for(session, 4).checkpoint.size == 5  # not covered
        assert log.head_for(session, 3, since=4).checkpoint.size == 5  # seen newer
        assert log.head_for(session, 0).checkpoint.size == 3
    collector.collect()
    with database.reading() as session:
        assert log.head_for(session, 3).checkpoint.size == 5


def test_the_proof_of_an_entry_carries_the_cosignatures(
    collector: Collector, log: TransparencyLog, database: Database
) -> None:
    fill(log, database, 3)
    collector.collect()
    with database.reading() as session:
        text = log.proof_text(session, 1, log.leaf(session, 1))
    assert names_on(text.split("\n\n", 1)[1], log) == {"a", "b", "c"}


LIES: dict[str, Callable[[SmallWitness, bytes], Answer]] = {
    "another key": lambda _one, body: said(SmallWitness("a"), body),
    "another witness": lambda _one, body: said(C, body),
    "an altered signature": lambda one, body: Answer(
        200, "text/plain", flipped(said(one, body).body)
    ),
    "a cosignature of last week": lambda one, body: said(one, body, -7 * 86_400),
    "a cosignature of tomorrow": lambda one, body: said(one, body, 86_400),
    "nothing": lambda *_: Answer(200, "text/plain", b""),
    "garbage": lambda *_: Answer(200, "text/html", b"<html>\n"),
    "no text": lambda *_: Answer(200, "text/plain", b"\xff\xfe"),
    "a NUL": lambda one, body: Answer(200, "text/plain", said(one, body).body + b"\0"),
    "too much": lambda *_: Answer(200, "text/plain", b"x" * (MAX_ANSWER + 1)),
    "too many lines": lambda one, body: Answer(
        200, "text/plain", said(one, body).body * 100
    ),
    "a redirect": lambda *_: Answer(302, "text/plain", b""),
    "a fault": lambda *_: Answer(500, "text/plain", b""),
    "a conflict without a size": lambda *_: Answer(409, "text/plain", b"7\n"),
    "a size that is none": lambda *_: Answer(409, "text/x.tlog.size", b"-1\n"),
    "a size of a million digits": lambda *_: Answer(
        409, "text/x.tlog.size", b"9" * 10_000
    ),
    "a larger tree": lambda *_: Answer(409, "text/x.tlog.size", b"99\n"),
    "the same conflict for ever": lambda *_: Answer(409, "text/x.tlog.size", b"1\n"),
}
CLOCK = FixedClock()


def said(witness: SmallWitness, body: bytes, later: int = 0) -> Answer:
    note = parse_submission(body).note.format()
    at = int(CLOCK.now().timestamp()) + later
    return Answer(200, "text/plain", witness.cosign(note, at).encode())


def flipped(line: bytes) -> bytes:
    return line[:-10] + (b"A" if line[-10:-9] != b"A" else b"B") + line[-9:]


@pytest.mark.parametrize("lie", LIES)
def test_a_bad_answer_is_refused_and_does_no_harm(
    collector: Collector, log: TransparencyLog, database: Database, wire: Wire, lie: str
) -> None:
    fill(log, database, 3)
    wire.replies[URLS["a"]] = lambda body: LIES[lie](A, body)
    found = collector.collect()
    assert (found.cosigned, found.quorum) == (("b", "c"), True)
    assert [one.split(":")[0] for one in found.faults] == ["a"]
    assert names_on(served(log, database), log) == {"b", "c"}


def test_who_failed_is_left_alone_for_a_while(
    collector: Collector, log: TransparencyLog, database: Database, wire: Wire
) -> None:
    fill(log, database, 3)
    wire.replies[URLS["a"]] = lambda body: LIES["a fault"](A, body)
    collector.collect()
    wire.asked.clear()
    assert collector.collect().faults == ()
    assert wire.asked == []
    assert len(collector.collect(patient=False).faults) == 1


def test_too_few_make_no_quorum_and_the_head_says_who(
    collector: Collector, log: TransparencyLog, database: Database, wire: Wire
) -> None:
    for name in ("a", "b"):
        wire.replies[URLS[name]] = lambda body: LIES["a fault"](A, body)
    fill(log, database, 3)
    found = collector.collect()
    assert (found.cosigned, found.quorum) == (("c",), False)
    assert log.cosigned.quorum() is None
    assert log.cosigned.quorum_at() is None
    assert names_on(served(log, database), log) == {"c"}


def test_collected_files_that_are_damaged_count_as_none(
    collector: Collector, log: TransparencyLog, database: Database, tmp_path: Path
) -> None:
    fill(log, database, 3)
    collector.collect()
    folder = head_path(tmp_path).parent / "cosigned"
    for damaged in (b"", b"\xff", b"x\n\n"):
        for name in ("newest", "quorum"):
            (folder / name).write_bytes(damaged)
        assert names_on(served(log, database), log) == set()
        assert log.cosigned.quorum() is None
    assert collector.collect().quorum
    assert names_on(served(log, database), log) == {"a", "b", "c"}


def test_an_older_head_never_replaces_a_newer_one(
    collector: Collector, log: TransparencyLog, database: Database
) -> None:
    fill(log, database, 3)
    collector.collect()
    older = log.cosigned.newest()
    fill(log, database, 1)
    collector.collect()
    assert older is not None
    log.cosigned.keep(older)
    newest = log.cosigned.newest()
    assert newest is not None
    assert newest.checkpoint.size == 4


def test_a_witness_the_policy_drops_is_shown_no_more(
    collector: Collector,
    log: TransparencyLog,
    database: Database,
    tmp_path: Path,
    keys: Keys,
) -> None:
    fill(log, database, 3)
    collector.collect()
    fewer = make_log(tmp_path, keys, parse_policy(A.policy_line() + "quorum a\n"))
    lines = parse_note(served(fewer, database)).signatures
    assert [one.name for one in lines] == [ORIGIN, "a.example"]


def test_a_quorum_of_yesterdays_policy_is_none_of_todays(
    collector: Collector,
    log: TransparencyLog,
    database: Database,
    tmp_path: Path,
    keys: Keys,
) -> None:
    fill(log, database, 3)
    collector.collect()
    (stranger,) = make_witnesses("x")
    for text in (stranger.policy_line() + "quorum x\n", "quorum none\n"):
        other = make_log(tmp_path, keys, parse_policy(text))
        assert other.cosigned.quorum() is None
        with database.reading() as session:
            assert other.head_for(session, 1).checkpoint.size == 3


def test_a_log_key_that_changes_keeps_the_witnesses(
    collector: Collector, log: TransparencyLog, database: Database, keys: Keys
) -> None:
    fill(log, database, 3)
    collector.collect()
    keys.rotate()
    log.publish(database)
    note = served(log, database)
    assert names_on(note, log) == {"a", "b", "c"}
    ids = [one.key_id for one in parse_note(note).signatures]
    assert ids.count(parse_vkey(keys.vkeys()[0]).key_id) == 1


@contextmanager
def dripping(pause: float) -> Iterator[int]:
    """A server that sends a byte at a time, for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def run() -> None:
            line, _ = server.accept()
            with line:
                try:
                    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    while not stop.wait(pause):
                        line.sendall(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=run)
        thread.start()
        yield server.getsockname()[1]
        stop.set()
        thread.join()


def test_a_server_that_drips_is_cut_off() -> None:
    begin = monotonic()
    with dripping(0.05) as port, pytest.raises(PeerSilentError):
        Asker(seconds=0.5).get(f"http://127.0.0.1:{port}/x", 10_000)
    assert monotonic() - begin < 60


@pytest.mark.parametrize(
    "url",
    [
        "http://witness.example/",
        "http://169.254.169.254/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https://",
        "http://[::ffff:169.254.169.254]/",
        "http://127.0.0.1/ü",
    ],
)
def test_only_https_or_this_machine_is_asked(url: str) -> None:
    with pytest.raises(PeerSilentError):
        Asker(seconds=1).post(url, b"", 10)


def test_nothing_is_listening_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(PeerSilentError):
        Asker(seconds=1).get(f"http://127.0.0.1:{port}/", 10)


def test_files_of_nobody_are_empty(tmp_path: Path, keys: Keys) -> None:
    files = CosignedFiles(tmp_path, Policy(), lambda _note: pytest.fail("not read"))
    assert (files.newest(), files.quorum(), files.quorum_at()) == (None, None, None)
