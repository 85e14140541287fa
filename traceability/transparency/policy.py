"""What is asked of a log's head: logs, witnesses, a quorum (C2SP tlog-policy).

A line each: ``log <vkey> [<url>]``, ``witness <name> <vkey> [<url>]``,
``group <name> <all|any|k> <member>…``, ``quorum <name|none>``; ``#`` begins a comment.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from traceability.transparency.errors import PolicyMalformedError, VkeyMalformedError
from traceability.transparency.note import COSIGNATURE, ED25519, NoteKey, parse_vkey

MAX_BYTES = 64 * 1024
MOST = 64  # logs, witnesses and groups, of each
NONE = "none"
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_BLANK = re.compile("[ \t]+")
_COUNT = re.compile("[1-9][0-9]{0,3}")
_LOG_WORDS, _WITNESS_WORDS, _GROUP_WORDS, _QUORUM_WORDS = 2, 3, 4, 2


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log whose heads are accepted, and where it is read."""

    key: NoteKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """Who may cosign: its name in this policy, its key, and where it is asked."""

    name: str
    key: NoteKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Members of whom ``least`` must have witnessed a head."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy that was read; ``quorum`` names a witness, a group, or nobody."""

    logs: tuple[PolicyLog, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    @property
    def asks(self) -> bool:
        """Return whether any cosignature is asked for."""
        return self.quorum != NONE

    def met_by(self, names: Collection[str]) -> bool:
        """Return whether the witnesses of these names are a quorum."""
        return not self.asks or self._witnessed(self.quorum, names)

    def met_since(self, times: Mapping[str, int]) -> int | None:
        """Return the latest instant since which a quorum has cosigned, by its times.

        Nothing where those who cosigned are none, or where none is asked for.
        """
        for since in sorted(set(times.values()), reverse=True):
            if self.met_by({name for name, at in times.items() if at >= since}):
                return since
        return None

    def _witnessed(self, name: str, names: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in names
        count = sum(self._witnessed(member, names) for member in group.members)
        return count >= group.least


def load_policy(path: Path) -> Policy:
    """Read a policy file. Raises ``PolicyMalformedError``, ``OSError``."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    try:
        return parse_policy(data.decode())
    except UnicodeDecodeError:
        raise PolicyMalformedError("The policy is not UTF-8.") from None


def parse_policy(text: str) -> Policy:
    """Read a policy. Raises ``PolicyMalformedError``, which names the line."""
    if len(text) > MAX_BYTES:
        raise PolicyMalformedError("The policy is too large.")
    reading = _Reading()
    for number, line in enumerate(text.split("\n"), start=1):
        if _FORBIDDEN.search(line):
            raise PolicyMalformedError(
                "Line %(line)d of the policy holds a control character.", line=number
            )
        words = _BLANK.split(line.strip(" \t"))
        if words[0] and not words[0].startswith("#"):
            reading.take(number, words)
    return reading.policy()


class _Reading:
    """A policy while its lines are read."""

    def __init__(self) -> None:
        self._logs: list[PolicyLog] = []
        self._witnesses: list[Witness] = []
        self._groups: dict[str, Group] = {}
        self._names: set[str] = {NONE}
        self._members: set[str] = {NONE}
        self._quorum: str | None = None

    def take(self, line: int, words: Sequence[str]) -> None:
        """Read one line that says something."""
        takers: Mapping[str, Callable[[int, Sequence[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._take_quorum,
        }
        taker = takers.get(words[0])
        if taker is None:
            raise PolicyMalformedError(
                "Line %(line)d of the policy begins with none of log, witness, group,"
                " quorum.",
                line=line,
            )
        taker(line, words)
        if max(len(self._logs), len(self._witnesses), len(self._groups)) > MOST:
            raise PolicyMalformedError("The policy is too large.")

    def policy(self) -> Policy:
        """Return what was read. Raises ``PolicyMalformedError`` without a quorum."""
        if self._quorum is None:
            raise PolicyMalformedError("The policy has no quorum line.")
        return Policy(
            logs=tuple(self._logs),
            witnesses=tuple(self._witnesses),
            groups=self._groups,
            quorum=self._quorum,
        )

    def _log(self, line: int, words: Sequence[str]) -> None:
        _check_count(line, words, _LOG_WORDS, _LOG_WORDS + 1)
        key = _key(line, words[1], ED25519, [one.key for one in self._logs])
        self._logs.append(PolicyLog(key, _url(line, words[_LOG_WORDS:])))

    def _witness(self, line: int, words: Sequence[str]) -> None:
        _check_count(line, words, _WITNESS_WORDS, _WITNESS_WORDS + 1)
        known = [one.key for one in self._witnesses]
        key = _key(line, words[2], COSIGNATURE, known)
        self._define(line, words[1])
        url = _url(line, words[_WITNESS_WORDS:])
        self._witnesses.append(Witness(words[1], key, url))

    def _group(self, line: int, words: Sequence[str]) -> None:
        _check_count(line, words, _GROUP_WORDS, MOST * 2)
        members = tuple(words[3:])
        for member in members:
            if member not in self._names or member in self._members:
                raise PolicyMalformedError(
                    "Line %(line)d of the policy: %(name)s is not defined above, or is"
                    " a member already.",
                    line=line,
                    name=member,
                )
            self._members.add(member)
        self._define(line, words[1])
        self._groups[words[1]] = Group(_least(line, words[2], members), members)

    def _take_quorum(self, line: int, words: Sequence[str]) -> None:
        _check_count(line, words, _QUORUM_WORDS, _QUORUM_WORDS)
        if self._quorum is not None or words[1] not in self._names:
            raise PolicyMalformedError(
                "Line %(line)d of the policy: the quorum is given twice, or names"
                " nobody defined above.",
                line=line,
            )
        self._quorum = words[1]

    def _define(self, line: int, name: str) -> None:
        if name in self._names:
            raise PolicyMalformedError(
                "Line %(line)d of the policy: the name %(name)s is taken.",
                line=line,
                name=name,
            )
        self._names.add(name)


def _check_count(line: int, words: Sequence[str], least: int, most: int) -> None:
    if not least <= len(words) <= most:
        raise PolicyMalformedError(
            "Line %(line)d of the policy has too few or too many words.", line=line
        )


def _key(line: int, vkey: str, kind: int, known: Sequence[NoteKey]) -> NoteKey:
    try:
        key = parse_vkey(vkey, kind)
    except VkeyMalformedError:
        raise PolicyMalformedError(
            "Line %(line)d of the policy: this is no verifier key of its kind.",
            line=line,
        ) from None
    if any(one.raw == key.raw for one in known):
        raise PolicyMalformedError(
            "Line %(line)d of the policy names a key a second time.", line=line
        )
    return key


def _url(line: int, words: Sequence[str]) -> str:
    url = words[0] if words else ""
    if url and not url.startswith(("https://", "http://")):
        raise PolicyMalformedError(
            "Line %(line)d of the policy: the address must begin with https://.",
            line=line,
        )
    return url


def _least(line: int, word: str, members: Sequence[str]) -> int:
    named = {"any": 1, "all": len(members)}
    least = int(word) if _COUNT.fullmatch(word) else named.get(word, 0)
    if not 1 <= least <= len(members):
        raise PolicyMalformedError(
            "Line %(line)d of the policy: a group asks for all, any, or a number of"
            " its members.",
            line=line,
        )
    return least
