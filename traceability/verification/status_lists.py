"""What status lists at hand say of the log's entries, and why some are not accepted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote

from traceability.core.errors import DomainError
from traceability.signing.envelope import read_unverified, verify_credential
from traceability.signing.keys import KeyRole
from traceability.status.lists import (
    ListId,
    Purpose,
    StatusList,
    check_length,
    list_of,
    read_status_list,
)
from traceability.verification.findings import Problem
from traceability.verification.opened import CLOCK_SLACK
from traceability.verification.trust import Trust

MOST = 32  # lists that are looked at; a lot needs two, rarely four
EXPIRED = "status-list-expired"
_ISSUER = Problem("status-list-issuer", "The list is another service's.")
_FUTURE = Problem("status-list-from-the-future", "The list is dated in the future.")
_NEVER_ENDS = timedelta(days=31)  # longer than any list of ours is good for


@dataclass(frozen=True, slots=True)
class Accepted:
    """A list that counts, as it was received."""

    token: str
    list: StatusList


@dataclass(frozen=True, slots=True)
class AtHand:
    """The lists of one service, the newest of each, and why others do not count."""

    lists: Mapping[tuple[str, ListId], Accepted] = field(default_factory=dict)
    problem: Problem | None = None  # with the first that does not count

    @property
    def tokens(self) -> tuple[str, ...]:
        """Return the lists as they were received, the newest first."""
        found = sorted(self.lists.values(), key=lambda one: one.list.valid_from)
        return tuple(one.token for one in reversed(found))

    def newest(self, origin: str, listed: ListId) -> StatusList | None:
        """Return the list of an origin, or nothing."""
        found = self.lists.get((origin, listed))
        return found.list if found else None

    def as_of(self, origin: str, log_indexes: Sequence[int]) -> datetime | None:
        """Return when the oldest list that speaks of some entries was made.

        Nothing unless a list of each purpose speaks of each of them.
        """
        found = [
            self.newest(origin, list_of(purpose, index))
            for index in log_indexes
            for purpose in Purpose
        ]
        instants = [one.valid_from for one in found if one is not None]
        whole = bool(found) and len(instants) == len(found)
        return min(instants) if whole else None

    def marking(
        self, origin: str, purpose: Purpose, log_indexes: Sequence[int]
    ) -> StatusList | None:
        """Return a list that marks one of some entries, or nothing."""
        for index in log_indexes:
            found = self.newest(origin, list_of(purpose, index))
            if found is not None and found.is_set(index):
                return found
        return None


def open_list(token: str, *, trust: Trust, now: datetime) -> Accepted | Problem:
    """Return a list that counts now, or why it does not; never raises."""
    try:
        check_length(token)
        envelope = read_unverified(token)
        found = read_status_list(envelope.payload)
        key = trust.ring.valid(
            envelope.kid, KeyRole.STATUS, at=found.valid_from, log_index=None
        )
        verify_credential(token, key)
    except DomainError as refusal:
        return Problem.of(refusal)
    problem = _wrong_issuer(found, key.party, trust) or _wrong_time(found, now)
    return problem or Accepted(token, found)


def _wrong_issuer(found: StatusList, party: str, trust: Trust) -> Problem | None:
    host = unquote(party.removeprefix("did:web:"))
    at_home = found.origin.partition("://")[2] == host
    if found.issuer == party and at_home and found.origin in trust.origins:
        return None
    return _ISSUER


def _wrong_time(found: StatusList, now: datetime) -> Problem | None:
    if found.valid_from > now + CLOCK_SLACK:
        return _FUTURE
    last = min(found.valid_until, found.valid_from + _NEVER_ENDS)
    if now < last:
        return None
    return Problem(
        EXPIRED,
        "The status list of %(as_of)s is too old to be used.",
        {"as_of": found.valid_from},
    )


def open_lists(tokens: Iterable[str], *, trust: Trust, now: datetime) -> AtHand:
    """Return the newest list of each address that counts; never raises."""
    lists: dict[tuple[str, ListId], Accepted] = {}
    problem: Problem | None = None
    for token in list(tokens)[:MOST]:
        found = open_list(token, trust=trust, now=now)
        if isinstance(found, Problem):
            problem = problem or found
            continue
        key = (found.list.origin, found.list.id)
        before = lists.get(key)
        if before is None or _rank(before.list) < _rank(found.list):
            lists[key] = found
    return AtHand(lists, problem)


def _rank(one: StatusList) -> tuple[datetime, int]:
    """Return what decides which list counts: of one second, the graver."""
    return one.valid_from, sum(byte.bit_count() for byte in one.bits)


def together(seen: AtHand, told: AtHand) -> AtHand:
    """Return the newest of what was seen before and, of equals, what is told now."""
    lists = dict(seen.lists)
    for key, one in told.lists.items():
        before = lists.get(key)
        if before is None or before.list.valid_from <= one.list.valid_from:
            lists[key] = one
    return AtHand(lists, told.problem or seen.problem)


def rolled_back(seen: AtHand, told: AtHand) -> Problem | None:
    """Return that a list told now is older than one seen before, or nothing."""
    for key, one in told.lists.items():
        before = seen.lists.get(key)
        if before is not None and one.list.valid_from < before.list.valid_from:
            return Problem(
                "status-list-rolled-back",
                "The status list of %(as_of)s is older than the one of %(seen)s that "
                "was seen before.",
                {"as_of": one.list.valid_from, "seen": before.list.valid_from},
            )
    return None
