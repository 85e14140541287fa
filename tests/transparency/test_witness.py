"""A witness over sockets: what it cosigns, and what it answers to everything else."""

import base64
import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import waitress

from tests.conftest import FixedClock
from tests.transparency.make_trees import Tree, make_tree
from tests.web.make_web import running
from traceability.settings import Settings
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.merkle import EMPTY_ROOT
from traceability.transparency.note import (
    NoteKey,
    parse_signature_lines,
    sign_note,
    time_of,
)
from traceability.transparency.witnessing.home import LOGS, WitnessHome
from traceability.transparency.witnessing.submission import (
    MAX_BYTES,
    format_submission,
)
from traceability.transparency.witnessing.wsgi import application

NOW = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)


@dataclass
class Asked:
    """A witness that listens, and the log it follows."""

    port: int
    key: NoteKey
    tree: Tree
    home: WitnessHome

    def post(self, body: bytes, path: str = "/add-checkpoint") -> tuple[int, str, str]:
        return self.ask("POST", path, body)

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            kind = answer.getheader("Content-Type", "")
            return answer.status, kind, answer.read().decode()
        finally:
            connection.close()

    def grow_to(self, *sizes: int) -> None:
        old = 0
        for size in sizes:
            assert self.post(self.tree.submission(old, size))[0] == 200
            old = size


def make_home(folder: Path, *trees: Tree) -> WitnessHome:
    settings = Settings(home=folder / "unused", keys=folder / "unused" / "keys")
    home = WitnessHome(folder / "witness", settings)
    home.create("w1.example")
    lines = "".join(f"{one.vkey}\n" for one in trees)
    (home.folder / LOGS).write_text(f"# followed\n\n{lines}")
    return home


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Asked]:
    tree = make_tree(40)
    home = make_home(tmp_path, tree)
    service = home.open(FixedClock(NOW))
    server = waitress.create_server(application(service), host="127.0.0.1", port=0)
    with running(server):
        yield Asked(server.effective_port, home.key(), tree, home)


def test_a_first_head_is_cosigned_and_says_when(witness: Asked) -> None:
    status, kind, body = witness.post(witness.tree.submission(0, 7))
    assert (status, kind) == (200, "text/plain; charset=utf-8")
    (line,) = parse_signature_lines(body)
    assert (line.name, line.key_id) == ("w1.example", witness.key.key_id)
    assert witness.key.verifies(witness.tree.text(7), line.signature)
    assert time_of(line.signature) == int(NOW.timestamp())


def test_what_continues_is_cosigned_and_the_same_again_too(witness: Asked) -> None:
    witness.grow_to(1, 7, 8, 33)
    assert witness.post(witness.tree.submission(33, 33))[0] == 200
    assert witness.home.state(witness.key).read(witness.tree.origin).size == 33


def test_another_old_size_is_told_the_right_one(witness: Asked) -> None:
    witness.grow_to(9)
    for old in (0, 3, 12):
        assert witness.post(witness.tree.submission(old, 20)) == (
            409,
            "text/x.tlog.size",
            "9\n",
        )


def test_a_smaller_tree_is_never_cosigned(witness: Asked) -> None:
    witness.grow_to(9)
    assert witness.post(witness.tree.submission(4, 5))[2] == "9\n"
    assert witness.post(format_submission(9, [], witness.tree.note(5)).encode())[0] == (
        400
    )


def test_another_history_is_never_cosigned(witness: Asked) -> None:
    witness.grow_to(9)
    lie = witness.tree.fork(4)
    assert witness.post(lie.submission(9, 20))[0] == 422
    status, _kind, body = witness.post(lie.submission(9, 9))
    assert (status, body.split(":")[0]) == (409, "witness-fork")
    assert witness.home.state(witness.key).read(lie.origin).root == witness.tree.root(9)


@pytest.mark.parametrize("proof", [[], [b"x" * 32], [b"x" * 32] * 63])
def test_a_proof_that_does_not_verify_is_refused(
    witness: Asked, proof: list[bytes]
) -> None:
    witness.grow_to(9)
    body = format_submission(9, proof, witness.tree.note(20)).encode()
    status, _kind, text = witness.post(body)
    assert (status, text.split(":")[0]) == (422, "consistency-failed")


def test_a_proof_from_nothing_is_empty(witness: Asked) -> None:
    body = format_submission(0, [b"x" * 32], witness.tree.note(3)).encode()
    assert witness.post(body)[0] == 422


def test_a_log_nobody_follows_is_not_found(witness: Asked) -> None:
    stranger = replace(make_tree(3), origin="stranger.example/log")
    status, _kind, body = witness.post(stranger.submission(0, 3))
    assert (status, body.split(":")[0]) == (404, "witness-log-unknown")


def test_a_head_its_log_did_not_sign_is_forbidden(witness: Asked) -> None:
    thief = make_tree(5)
    status, _kind, body = witness.post(thief.submission(0, 5))
    assert (status, body.split(":")[0]) == (403, "witness-unsigned")
    note = witness.tree.note(5)
    head, line = note.split("\n\n")
    name, encoded = line.split()[1:]
    data = bytearray(base64.b64decode(encoded))
    data[20] ^= 1
    forged = f"{head}\n\n— {name} {base64.b64encode(data).decode()}\n"
    assert witness.post(format_submission(0, [], forged).encode())[0] == 403


def test_further_signatures_are_ignored(witness: Asked) -> None:
    tree = witness.tree
    more = make_tree(0).signer
    line = sign_note(tree.text(6), more, NoteKey("other", more.public.raw))
    note = tree.note(6) + line.signatures[0].line()
    assert witness.post(format_submission(0, [], note).encode())[0] == 200


def test_a_key_change_is_followed_when_the_list_names_it(witness: Asked) -> None:
    witness.grow_to(4)
    heir = Tree(witness.tree.leaves)
    assert witness.post(heir.submission(4, 9))[0] == 403
    with (witness.home.folder / LOGS).open("a") as file:
        file.write(heir.vkey + "\n")
    assert witness.post(heir.submission(4, 9))[0] == 200


NOTE = make_tree(3).note(3)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"old 0",
        b"old 0\n\n",
        f"old 00\n\n{NOTE}".encode(),
        f"old -1\n\n{NOTE}".encode(),
        f"old +1\n\n{NOTE}".encode(),
        f"old  1\n\n{NOTE}".encode(),
        f"old\n\n{NOTE}".encode(),
        f"old {2**63}\n\n{NOTE}".encode(),
        f"old {10**400}\n\n{NOTE}".encode(),
        f"old ٣\n\n{NOTE}".encode(),
        f"new 0\n\n{NOTE}".encode(),
        f"old 0\r\n\r\n{NOTE}".encode(),
        f"old 0\n\n{NOTE}".replace("\n", "\r\n").encode(),
        f"old 0\n\n{NOTE}\x00".encode(),
        f"old 0\n\n{NOTE}trailing".encode(),
        f"old 0\n\n{NOTE}\n".encode(),
        f"old 0\n\n{NOTE[:-1]}".encode(),
        f"old 0\n{'A' * 43}=\n".encode() + NOTE.encode(),
        f"old 3\n{'A' * 42}B=\n\n{NOTE}".encode(),  # bits set that stand for nothing
        f"old 3\n{'A' * 43}\n\n{NOTE}".encode(),
        f"old 3\n{'A' * 43}= \n\n{NOTE}".encode(),
        f"old 3\n{'_' * 43}=\n\n{NOTE}".encode(),
        f"old 3\n{'AAAA' * 8}\n\n{NOTE}".encode(),
        f"old 3\n{('A' * 43 + '=' + chr(10)) * 64}\n{NOTE}".encode(),
        f"old 0\n\n{NOTE}".encode() + b"\xff",
        b"old 0\n\n" + "x\n1\nAAAA\n\n— x AAAA\n".encode(),
        "old 0\n\nx\n{}\n{}=\n\n— x AAAAAAAA\n".format(2**63, "A" * 43).encode(),
        "old 0\n\nx\n007\n{}=\n\n— x AAAAAAAA\n".format("A" * 43).encode(),
    ],
)
def test_what_cannot_be_read_is_a_bad_request(witness: Asked, body: bytes) -> None:
    status, kind, text = witness.post(body)
    assert (status, text.split(":")[0]) == (400, "submission-malformed")
    assert kind == "text/plain; charset=utf-8"
    assert list((witness.home.folder / "state").glob("*.note")) == []


def test_too_much_is_refused_before_it_is_read(witness: Asked) -> None:
    assert witness.post(b"x" * (MAX_BYTES + 1))[0] == 413
    assert witness.post(b"x" * (3 * MAX_BYTES))[0] == 413


def test_an_empty_tree_has_one_root(witness: Asked) -> None:
    tree = witness.tree
    wrong = Checkpoint(tree.origin, 0, b"x" * 32).text()
    note = sign_note(wrong, tree.signer, tree.key).format()
    assert witness.post(format_submission(0, [], note).encode())[0] == 409
    right = Checkpoint(tree.origin, 0, EMPTY_ROOT).text()
    note = sign_note(right, tree.signer, tree.key).format()
    assert witness.post(format_submission(0, [], note).encode())[0] == 200


def test_only_what_a_witness_does_is_there(witness: Asked) -> None:
    assert witness.ask("GET", "/add-checkpoint")[0] == 405
    assert witness.ask("GET", "/healthz")[::2] == (200, "w1.example\n")
    assert witness.ask("GET", "/etc/passwd")[0] == 404
    assert witness.post(b"", path="/add-checkpoint/")[0] == 404


def test_a_damaged_state_is_no_fresh_start(witness: Asked) -> None:
    witness.grow_to(9)
    (file,) = (witness.home.folder / "state").glob("*.note")
    whole = file.read_bytes()
    for damaged in (b"", whole[:-30], whole.replace(b"\n9\n", b"\n4\n"), b"\xff"):
        file.write_bytes(damaged)
        assert witness.post(witness.tree.submission(0, 20))[::2] == (
            503,
            "witness-state-damaged\n",
        )
    file.write_bytes(whole)
    assert witness.post(witness.tree.submission(9, 20))[0] == 200


def test_divergent_trees_at_once_get_one_cosignature(witness: Asked) -> None:
    witness.grow_to(4)
    lie = witness.tree.fork(4)
    start = threading.Barrier(8)
    answers: list[tuple[int, str]] = []

    def submit(tree: Tree, size: int) -> None:
        start.wait()
        status, _kind, body = witness.post(tree.submission(4, size))
        answers.append((status, body))

    threads = [
        threading.Thread(target=submit, args=(tree, 20 + number))
        for number in range(4)
        for tree in (witness.tree, lie)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    signed = [body for status, body in answers if status == 200]
    assert len(signed) == 1
    assert sorted(status for status, _ in answers) == [200] + [409] * 7
    state = witness.home.state(witness.key).read(lie.origin)
    owner = witness.tree if state.root == witness.tree.root(state.size) else lie
    (line,) = parse_signature_lines(signed[0])
    assert witness.key.verifies(owner.text(state.size), line.signature)
