"""Look at a log once: its head, everything new below it, who has cosigned it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from traceability.core.errors import DomainError, InvalidError
from traceability.core.ports import Clock
from traceability.signing.entries import parse_instant
from traceability.signing.strict_json import read_object
from traceability.transparency.checkpoint import Checkpoint, open_checkpoint
from traceability.transparency.cosignatures import cosignatures_on, times_of
from traceability.transparency.errors import (
    ConsistencyError,
    CosignatureError,
    NoteSignatureError,
    NoteUnsignedError,
)
from traceability.transparency.merkle import Run, fold_peaks, grow, leaf_hash
from traceability.transparency.monitoring.alarms import Alarm, MonitorAlarmError
from traceability.transparency.monitoring.memory import Followed, MonitorMemory
from traceability.transparency.monitoring.tree import Get, TiledTree, fetched
from traceability.transparency.note import MAX_BYTES, NoteKey, format_vkey, parse_vkey
from traceability.transparency.policy import Policy
from traceability.transparency.proofs import prove_consistency, verify_consistency
from traceability.transparency.tiles import HEIGHT, WIDTH

Keys = Callable[[], Sequence[NoteKey] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a look found, when nothing was wrong."""

    origin: str
    size: int
    root: bytes
    read: int  # entries read this time
    cosigned: tuple[str, ...] = ()
    fresh_at: int | None = None  # POSIX seconds: by the quorum, else the last entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """Who looks: with which keys, which policy, and how old a head may be.

    ``keys`` are those a trust list or a policy names, asked for at each look. Where
    neither was brought (nothing, not an empty list), the key the log shows at first
    sight is pinned.
    """

    url: str
    memory: MonitorMemory
    get: Get
    clock: Clock
    keys: Keys = lambda: None
    policy: Policy | None = None
    max_age: int | None = None  # seconds

    def look(self) -> Sight:
        """Return what was seen. Raises ``MonitorAlarmError``, ``MonitorMemoryError``.

        Every head is kept before it is judged; how far the log was read is noted only
        when everything below the head agrees.
        """
        followed = self.memory.read()
        named = self.keys()
        keys = self._pinned(followed) if named is None else named
        note = self._text("checkpoint")
        head = self._opened(note, keys)
        self.memory.keep_head(head.size, note)
        tree = TiledTree(self.get, self.url, head.size)
        self._check_continues(followed, head, tree)
        now = self._grown(followed, head, tree)
        vkeys = tuple(map(format_vkey, keys)) if named is None else ()
        self.memory.write(replace(now, vkeys=vkeys))
        names, quorum_at = self._quorum(note, head, keys, tree)
        fresh_at = quorum_at if quorum_at is not None else _seconds(now.issued_at)
        self._check_age(fresh_at)
        return Sight(
            origin=head.origin,
            size=head.size,
            root=head.root,
            read=head.size - followed.size,
            cosigned=names,
            fresh_at=fresh_at,
        )

    def _pinned(self, followed: Followed) -> list[NoteKey]:
        try:
            if followed.vkeys:
                return [parse_vkey(one) for one in followed.vkeys]
            return [parse_vkey(self._text("vkey").strip())]
        except InvalidError:
            raise MonitorAlarmError(
                Alarm.KEY, "The log shows no verifier key that can be read."
            ) from None

    def _text(self, name: str) -> str:
        body = fetched(self.get, f"{self.url}/{name}", MAX_BYTES, Alarm.UNREACHABLE)
        try:
            return body.decode()
        except UnicodeDecodeError:
            raise _unreadable() from None

    def _opened(self, note: str, keys: Sequence[NoteKey]) -> Checkpoint:
        origin = keys[0].name if keys else ""
        try:
            return open_checkpoint(note, keys, origin)
        except NoteUnsignedError:
            raise MonitorAlarmError(
                Alarm.KEY, "No key known of this log has signed its head."
            ) from None
        except InvalidError as fault:
            forged = isinstance(fault, NoteSignatureError)
            alarm = Alarm.SIGNATURE if forged else Alarm.UNREADABLE
            raise MonitorAlarmError(alarm, fault.message, **fault.params) from None

    def _check_continues(
        self, followed: Followed, head: Checkpoint, tree: TiledTree
    ) -> None:
        if head.size < followed.size:
            raise MonitorAlarmError(
                Alarm.ROLLBACK,
                "The log shows %(size)d entries; it had %(seen)d before.",
                size=head.size,
                seen=followed.size,
            )
        self._check_extended(followed.size, fold_peaks(followed.peaks), head, tree)

    def _check_extended(
        self, size: int, root: bytes, head: Checkpoint, tree: TiledTree
    ) -> None:
        proof = prove_consistency(size, head.size, tree.read)
        try:
            verify_consistency(size, head.size, proof, root, head.root)
        except ConsistencyError:
            raise MonitorAlarmError(
                Alarm.FORK,
                "The log does not continue what it was at %(seen)d entries.",
                seen=size,
            ) from None

    def _grown(self, followed: Followed, head: Checkpoint, tree: TiledTree) -> Followed:
        """Read every new entry; return how far the log was read then."""
        size, peaks, issued_at = followed.size, followed.peaks, followed.issued_at
        while size < head.size:
            index, begin = divmod(size, WIDTH)
            leaves = tree.entries(index)[begin:]
            hashes = [leaf_hash(one) for one in leaves]
            _check_leaves(size, hashes, tree.hashes(0, index)[begin:])
            growth = grow(size, peaks, hashes)
            _check_nodes(growth.nodes, tree)
            size, peaks = growth.size, tuple(growth.peaks)
            issued_at = _issued_at(leaves[-1])
        if fold_peaks(peaks) != head.root:
            raise MonitorAlarmError(
                Alarm.LEAF, "The log's entries do not lead to its signed head."
            )
        return Followed(size=size, peaks=peaks, issued_at=issued_at)

    def _quorum(
        self, note: str, head: Checkpoint, keys: Sequence[NoteKey], tree: TiledTree
    ) -> tuple[tuple[str, ...], int | None]:
        """Return who has cosigned, and since when they are a quorum.

        A head may wait for its cosignatures: the last that has them counts as well, if
        this one continues it. How old it may be is for ``max_age``.
        """
        policy = self.policy
        if policy is None or not policy.asks:
            return (), None
        times = self._times(note, policy)
        if policy.met_by(times):
            return tuple(sorted(times)), policy.met_since(times)
        note = self._cosigned()
        last = self._opened(note, keys) if note else None
        times = self._times(note, policy) if note else {}
        if last is None or last.size > head.size or not policy.met_by(times):
            raise MonitorAlarmError(
                Alarm.QUORUM,
                "%(cosigned)d of %(known)d known witnesses have cosigned the log's"
                " head: fewer than the policy asks.",
                cosigned=len(times),
                known=len(policy.witnesses),
            )
        self.memory.keep_head(last.size, note)
        self._check_extended(last.size, last.root, head, tree)
        return tuple(sorted(times)), policy.met_since(times)

    def _cosigned(self) -> str:
        """Return the last head that has its quorum, if the log shows any."""
        with suppress(MonitorAlarmError):
            return self._text("cosigned")
        return ""

    def _times(self, note: str, policy: Policy) -> dict[str, int]:
        now = int(self.clock.now().timestamp())
        try:
            return dict(times_of(cosignatures_on(note, policy.witnesses, now)))
        except CosignatureError as fault:
            raise MonitorAlarmError(
                Alarm.COSIGNATURE, fault.message, **fault.params
            ) from None

    def _check_age(self, at: int | None) -> None:
        if self.max_age is None:
            return
        now = int(self.clock.now().timestamp())
        if at is None or now - at > self.max_age:
            raise MonitorAlarmError(
                Alarm.STALE,
                "The newest head is of %(instant)s.",
                instant="-" if at is None else datetime.fromtimestamp(at, UTC),
            )


def _check_leaves(size: int, hashes: Sequence[bytes], told: Sequence[bytes]) -> None:
    for index, (one, other) in enumerate(zip(hashes, told, strict=True), size):
        if one != other:
            raise MonitorAlarmError(
                Alarm.LEAF, "Entry %(index)d is not the one in the tree.", index=index
            )


def _check_nodes(runs: Sequence[Run], tree: TiledTree) -> None:
    """Compare what the entries lead to with the tiles of the levels above."""
    for run in runs:
        level, rest = divmod(run.level, HEIGHT)
        if rest:
            continue
        for position, computed in enumerate(run.hashes, run.start):
            index, place = divmod(position, WIDTH)
            if tree.hashes(level, index)[place] != computed:
                raise MonitorAlarmError(
                    Alarm.TILE,
                    "Tile %(level)d/%(index)d does not agree with the entries.",
                    level=level,
                    index=index,
                )


def _unreadable() -> MonitorAlarmError:
    return MonitorAlarmError(Alarm.UNREADABLE, "The log's head cannot be read.")


def _issued_at(leaf: bytes) -> str:
    """Return when an entry of ours was issued; nothing for other people's."""
    with suppress(ValueError, KeyError):
        return str(read_object(leaf)["issued_at"])
    return ""


def _seconds(instant: str) -> int | None:
    with suppress(ValueError, DomainError):
        return int(parse_instant(instant).timestamp())
    return None
