"""A monitor over honest and lying logs: one alarm for each way to break a promise."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import FixedClock
from tests.transparency.make_trees import Tree, make_tree
from tests.transparency.make_witnesses import make_witnesses, policy_text
from tests.verification.make_verification import World
from traceability.cli import Assembly, main
from traceability.signing.keys import KeyRole, KeyStatus
from traceability.transparency.asking import Answer
from traceability.transparency.errors import PeerSilentError
from traceability.transparency.merkle import leaf_hash, root_of
from traceability.transparency.monitoring.alarms import Alarm, MonitorAlarmError
from traceability.transparency.monitoring.memory import (
    MonitorMemory,
    MonitorMemoryError,
)
from traceability.transparency.monitoring.monitor import Monitor, Sight
from traceability.transparency.policy import parse_policy
from traceability.transparency.tiles import HEIGHT, WIDTH, format_bundle, parse_tile

URL = "https://small.example/log"
A, B = make_witnesses("a", "b")
CLOCK = FixedClock()
NOW = int(CLOCK.now().timestamp())


@dataclass
class Server:
    """Serves a tree at a size, as C2SP tlog-tiles says; tests make it lie."""

    tree: Tree
    size: int
    lies: dict[str, bytes | int | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def get(self, url: str, limit: int) -> Answer:
        path = url.removeprefix(URL + "/")
        self.asked.append(path)
        lie = self.lies.get(path, b"")
        if lie is None:
            raise PeerSilentError("%(url)s could not be asked.", url=url)
        if isinstance(lie, int):
            return Answer(lie, "text/plain", b"")
        body = lie or self.honest(path)
        if body is None:
            return Answer(404, "text/plain", b"")
        if len(body) > limit:
            raise PeerSilentError("%(url)s answered too much.", url=url)
        return Answer(200, "text/plain", body)

    def honest(self, path: str) -> bytes | None:
        if path == "checkpoint":
            return self.tree.note(self.size).encode()
        if path == "vkey":
            return f"{self.tree.vkey}\n".encode()
        return self.tile(path[5:]) if path.startswith("tile/") else None

    def tile(self, path: str) -> bytes | None:
        tile = parse_tile(path)
        if not tile.within(self.size):
            return None
        if tile.level is None:
            leaves = self.tree.leaves[tile.start : tile.start + tile.width]
            return format_bundle(leaves)
        step = 1 << HEIGHT * tile.level
        hashes = [leaf_hash(one) for one in self.tree.leaves]
        return b"".join(
            root_of(hashes[place * step : (place + 1) * step])
            for place in range(tile.start, tile.start + tile.width)
        )


@pytest.fixture
def server() -> Server:
    return Server(make_tree(600), 7)


@pytest.fixture
def monitor(server: Server, tmp_path: Path) -> Monitor:
    memory = MonitorMemory(tmp_path / "state")
    return Monitor(url=URL, memory=memory, get=server.get, clock=CLOCK)


def alarm(monitor: Monitor) -> Alarm:
    with pytest.raises(MonitorAlarmError) as raised:
        monitor.look()
    assert str(raised.value)
    return raised.value.alarm


def heads(monitor: Monitor) -> list[str]:
    return [one.name for one in sorted((monitor.memory.folder / "heads").iterdir())]


def test_an_honest_log_is_read_as_it_grows(server: Server, monitor: Monitor) -> None:
    seen = []
    for size in (1, 7, 255, 256, 257, 513, 513, 600):
        server.size = size
        sight = monitor.look()
        seen.append(sight.read)
        assert (sight.size, sight.root) == (size, server.tree.root(size))
    assert seen == [1, 6, 248, 1, 1, 256, 0, 87]
    assert len(heads(monitor)) == 7
    server.asked.clear()
    monitor.look()
    assert not [one for one in server.asked if "entries" in one]


def test_an_empty_log_is_read_too(server: Server, monitor: Monitor) -> None:
    server.size = 0
    assert monitor.look().size == 0
    server.size = 3
    assert monitor.look().read == 3


def test_a_rollback_is_told_and_both_heads_are_kept(
    server: Server, monitor: Monitor
) -> None:
    monitor.look()
    server.size = 5
    assert alarm(monitor) is Alarm.ROLLBACK
    assert [one[:20] for one in heads(monitor)] == [f"{5:020}", f"{7:020}"]
    server.size = 8
    assert monitor.look().read == 1


@pytest.mark.parametrize(("at", "size"), [(3, 7), (3, 9), (0, 300), (6, 600)])
def test_a_fork_is_told_and_its_head_is_kept(
    server: Server, monitor: Monitor, at: int, size: int
) -> None:
    monitor.look()
    server.tree, server.size = server.tree.fork(at), size
    assert alarm(monitor) is Alarm.FORK
    assert len(heads(monitor)) == 2


def test_a_fork_behind_what_was_seen_is_an_honest_tail(
    server: Server, monitor: Monitor
) -> None:
    monitor.look()
    server.tree, server.size = server.tree.fork(7), 20
    assert monitor.look().size == 20


LIES: list[tuple[str, bytes | int | None, Alarm]] = [
    ("tile/entries/000.p/7", 404, Alarm.TILE_MISSING),
    ("tile/0/000.p/7", 404, Alarm.TILE_MISSING),
    ("tile/entries/000.p/7", 500, Alarm.UNREACHABLE),
    ("tile/entries/000.p/7", 302, Alarm.UNREACHABLE),
    ("tile/entries/000.p/7", None, Alarm.UNREACHABLE),
    ("tile/0/000.p/7", b"x" * 31, Alarm.TILE_MALFORMED),
    ("tile/0/000.p/7", b"x" * 32 * 6, Alarm.TILE_MALFORMED),
    ("tile/0/000.p/7", b"x" * 32 * 8, Alarm.TILE_MALFORMED),
    ("tile/0/000.p/7", b"x" * (32 * 7 + 1), Alarm.TILE_MALFORMED),
    ("tile/0/000.p/7", b"x" * 32 * 300, Alarm.UNREACHABLE),
    ("tile/0/000.p/7", b"x" * 32 * 7, Alarm.LEAF),
    ("tile/entries/000.p/7", b"\x00", Alarm.TILE_MALFORMED),
    ("tile/entries/000.p/7", b"\xff\xff" + b"x", Alarm.TILE_MALFORMED),
    ("tile/entries/000.p/7", b"\x00\x01x" * 6, Alarm.TILE_MALFORMED),
    ("tile/entries/000.p/7", b"\x00\x01x" * 7, Alarm.LEAF),
    ("checkpoint", 404, Alarm.UNREACHABLE),
    ("checkpoint", None, Alarm.UNREACHABLE),
    ("checkpoint", b"nonsense", Alarm.UNREADABLE),
    ("checkpoint", b"\xff\xfe", Alarm.UNREADABLE),
    ("checkpoint", b"x\n" * 20_000, Alarm.UNREADABLE),
    ("checkpoint", b"x" * 100_000, Alarm.UNREACHABLE),
    ("vkey", b"nonsense", Alarm.KEY),
    ("vkey", make_tree(0).vkey.encode(), Alarm.KEY),
]


@pytest.mark.parametrize(("path", "lie", "expected"), LIES, ids=count())
def test_each_lie_has_its_alarm(
    server: Server, monitor: Monitor, path: str, lie: bytes | int, expected: Alarm
) -> None:
    server.lies[path] = lie
    assert alarm(monitor) is expected
    assert monitor.memory.read().size == 0  # nothing was taken as read
    server.lies.clear()
    assert monitor.look().read == 7


def test_consistent_lies_about_an_entry_lead_to_another_root(
    server: Server, monitor: Monitor
) -> None:
    other = server.tree.fork(5)
    server.lies = {
        path: Server(other, 7).honest(path)
        for path in ("tile/entries/000.p/7", "tile/0/000.p/7")
    }
    assert alarm(monitor) is Alarm.LEAF


def test_a_tile_of_a_level_above_must_agree(server: Server, monitor: Monitor) -> None:
    server.size = 300
    server.lies["tile/1/000.p/1"] = b"x" * 32
    assert alarm(monitor) is Alarm.TILE


def test_a_full_tile_stands_for_a_partial_one(server: Server, monitor: Monitor) -> None:
    server.size = 300
    whole = Server(server.tree, 512)
    for kind in ("0", "entries"):
        server.lies[f"tile/{kind}/001.p/44"] = 404
        server.lies[f"tile/{kind}/001"] = whole.honest(f"tile/{kind}/001")
    assert monitor.look().read == 300
    assert len(whole.honest("tile/0/001") or b"") == WIDTH * 32


def test_a_forged_signature_and_another_key_are_told_apart(
    server: Server, monitor: Monitor
) -> None:
    monitor.look()
    honest = server.tree.note(9)
    head, _, line = honest.rpartition("\n\n")
    altered = head.replace("\n9\n", "\n8\n")
    server.lies["checkpoint"] = f"{altered}\n\n{line}".encode()
    assert alarm(monitor) is Alarm.SIGNATURE
    heir = Tree(server.tree.leaves)
    server.lies["checkpoint"] = heir.note(9).encode()
    assert alarm(monitor) is Alarm.KEY


def test_another_log_is_not_the_one_followed(server: Server, monitor: Monitor) -> None:
    monitor.look()
    other = replace(server.tree, origin="other.example/log")
    server.lies["checkpoint"] = other.note(9).encode()
    assert alarm(monitor) is Alarm.KEY


def test_a_key_change_counts_where_a_list_names_the_key(
    server: Server, monitor: Monitor
) -> None:
    heir = Tree(server.tree.leaves)
    listed = [server.tree.key]
    monitor = replace(monitor, keys=lambda: listed)
    monitor.look()
    server.tree, server.size = heir, 9
    assert alarm(monitor) is Alarm.KEY
    listed.append(heir.key)
    assert monitor.look().size == 9


def issued(tree: Tree, seconds_ago: int) -> None:
    at = (CLOCK.now() - timedelta(seconds=seconds_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    tree.leaves[6] = json.dumps({"issued_at": at, "v": 1}).encode()


def test_a_head_may_be_too_old_by_its_last_entry(
    server: Server, monitor: Monitor
) -> None:
    issued(server.tree, 3000)
    old = replace(monitor, max_age=2000)
    assert alarm(old) is Alarm.STALE
    assert alarm(old) is Alarm.STALE  # nothing new was read: still known
    assert replace(monitor, max_age=4000).look().fresh_at == NOW - 3000


def test_entries_that_say_no_time_are_stale_where_an_age_is_asked(
    monitor: Monitor,
) -> None:
    assert alarm(replace(monitor, max_age=4000)) is Alarm.STALE


def asking(monitor: Monitor, **more: int) -> Monitor:
    return replace(monitor, policy=parse_policy(policy_text([A, B], "2")), **more)  # type: ignore[arg-type]


def cosigned(server: Server, size: int, at: int = NOW) -> bytes:
    note = server.tree.note(size)
    return (note + A.cosign(note, at) + B.cosign(note, at)).encode()


def test_a_quorum_is_asked_for(server: Server, monitor: Monitor) -> None:
    watching = asking(monitor)
    assert alarm(watching) is Alarm.QUORUM
    note = server.tree.note(7)
    server.lies["checkpoint"] = (note + A.cosign(note, NOW)).encode()
    assert alarm(watching) is Alarm.QUORUM
    server.lies["checkpoint"] = cosigned(server, 7, NOW - 50)
    sight = watching.look()
    assert (sight.cosigned, sight.fresh_at) == (("a", "b"), NOW - 50)


def test_the_last_head_with_a_quorum_counts_while_the_newest_waits(
    server: Server, monitor: Monitor
) -> None:
    server.lies["cosigned"] = cosigned(server, 5, NOW - 50)
    assert asking(monitor).look().fresh_at == NOW - 50
    assert alarm(asking(monitor, max_age=40)) is Alarm.STALE
    forked = Server(server.tree.fork(2), 5)
    server.lies["cosigned"] = cosigned(forked, 5)
    assert alarm(asking(monitor)) is Alarm.FORK
    server.lies["cosigned"] = cosigned(server, 9)
    assert alarm(asking(monitor)) is Alarm.QUORUM  # of a head nobody can compare


def test_a_made_up_cosignature_is_told(server: Server, monitor: Monitor) -> None:
    other = server.tree.note(6)
    server.lies["checkpoint"] = (server.tree.note(7) + A.cosign(other, NOW)).encode()
    assert alarm(asking(monitor)) is Alarm.COSIGNATURE


@pytest.mark.parametrize(
    "damaged",
    [b"", b"{}", b"[]", b'{"size":7,"peaks":[],"vkeys":[],"issued_at":""}', b"\xff"],
)
def test_damaged_notes_are_no_fresh_start(
    server: Server, monitor: Monitor, damaged: bytes
) -> None:
    monitor.look()
    (monitor.memory.folder / "followed.json").write_bytes(damaged)
    with pytest.raises(MonitorMemoryError):
        monitor.look()


Run = Callable[..., Result]


@pytest.fixture
def run(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Run]:
    """The command over a server in this process."""
    from_here = "traceability.transparency.monitoring.cli.Asker"
    monkeypatch.setattr(from_here, lambda: server)
    env = {"TRACEABILITY_HOME": str(tmp_path / "nothing-here")}
    state = ["--state", str(tmp_path / "state")]

    def call(*args: str) -> Result:
        words = ["log", "monitor", URL, *state, *args]
        return CliRunner().invoke(main, words, obj=_no_service(), env=env)

    yield call
    assert not (tmp_path / "nothing-here").exists()


def _no_service() -> Assembly:
    def never(*_: object) -> object:
        raise AssertionError("a monitor needs no service")

    return Assembly(never, never)  # type: ignore[arg-type]


def test_the_command_needs_no_service_and_says_what_it_saw(run: Run) -> None:
    seen = run("--json")
    assert seen.exit_code == 0, seen.output
    assert json.loads(seen.output)["tree_size"] == 7
    assert "7 entries, 0 new" in run().output


def test_the_command_exits_1_for_a_lie_and_2_for_silence(
    run: Run, server: Server
) -> None:
    run()
    server.size = 3
    lied = run("--json")
    assert (lied.exit_code, json.loads(lied.output)["alarm"]) == (
        1,
        "head-rolled-back",
    )
    assert run().output.startswith("head-rolled-back: ")
    server.lies["checkpoint"] = None
    assert run().exit_code == 2


def test_the_command_reads_a_policy(run: Run, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "policy.txt"
    path.write_text(policy_text([A, B], "any", server.tree.vkey))
    assert run("--policy", str(path)).output.startswith("head-quorum-missing: ")
    path.write_text("quorum\n")
    refused = run("--policy", str(path))
    assert (refused.exit_code, "Line 1" in refused.output) == (1, True)
    path.write_text(policy_text([A, B], "any", make_tree(0).vkey))
    assert run("--policy", str(path)).output.startswith("head-key-unknown: ")


def test_the_keys_of_a_trust_list_count_and_no_others(
    run: Run, server: Server, tmp_path: Path
) -> None:
    world = World()
    trust = tmp_path / "trust-list.jws"
    trust.write_text(world.signed_trust_list())
    listed = Tree(server.tree.leaves, world.log_key, world.identity.log_origin)
    assert run("--trust", str(trust)).output.startswith("head-key-unknown: ")
    server.tree = listed
    assert run("--trust", str(trust)).exit_code == 0
    stolen = replace(world.log_key.public, status=KeyStatus.REVOKED, revoked_at=3)
    others = [one for one in world.trust_list().keys if one.role is not KeyRole.LOG]
    trust.write_text(world.signed_trust_list(keys=(*others, stolen)))
    assert run("--trust", str(trust)).output.startswith("head-key-unknown: ")


def test_a_look_is_told_whole() -> None:
    sight = Sight(origin="x", size=1, root=b"", read=1)
    assert (sight.cosigned, sight.fresh_at) == ((), None)
