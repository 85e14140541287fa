"""What a running service verifies with: its trust, its log, its serial keys."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.core.ports import Clock, Mac
from traceability.labels.room import label_keys_of
from traceability.signing.envelope import read_unverified
from traceability.signing.keystore import KeyStore
from traceability.signing.trust_list import parse_trust_list
from traceability.status.service import StatusLists
from traceability.transparency.head_file import Published
from traceability.transparency.service import TransparencyLog
from traceability.verification.findings import Problem
from traceability.verification.trust import EXPIRED, Trust, distrusting, trusting
from traceability.web.context import Services

KEYS_UNREADABLE = "This service cannot read its keys at the moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The collaborators of ``verification.service``."""

    trust: Trust
    log: TransparencyLog
    lists: StatusLists
    mac_of: Callable[[str], Mac]
    clock: Clock
    identity: Identity
    published: Published | None  # the last head shown to anybody, as a file tells it
    trust_token: str  # the trust list as it was signed; empty where it is unreadable

    @property
    def interval(self) -> Hashable:
        """Return what is the same between two instants at which the same keys count."""
        trust_list = self.trust.trust_list
        if trust_list is None:
            return None
        return _interval(self.trust_token, self.clock.now())


@dataclass(frozen=True, slots=True)
class Outside:
    """What a verdict hangs on beside the database, asked for as cheaply as can be."""

    keys: KeyStore
    log: TransparencyLog
    clock: Clock

    def state(self) -> tuple[Hashable, str] | None:
        """Return interval and published head as ``Sources`` tell them, if sound."""
        try:
            token = self.keys.trust_list_jws
        except DomainError:
            return None
        published = self.log.published()
        head = published.note if published else ""
        return _interval(token, self.clock.now()), head


def outside_of(use: Services) -> Outside:
    """Return what watches the files of this service."""
    return Outside(use.get(KeyStore), use.get(TransparencyLog), use.clock)


def sources_of(use: Services) -> Sources:
    """Return what this service verifies with now; asked before the database is read.

    The published head must not be newer than what a session sees afterwards.
    """
    log = use.get(TransparencyLog)
    token = _token(use)
    return Sources(
        trust=_trust(use, token),
        trust_token=token if isinstance(token, str) else "",
        log=log,
        lists=use.get(StatusLists),
        mac_of=label_keys_of(use).mac_of,
        clock=use.clock,
        identity=use.identity,
        published=log.published(),
    )


def _token(use: Services) -> str | Problem:
    try:
        return use.get(KeyStore).trust_list_jws
    except DomainError as refusal:
        return Problem(refusal.code, KEYS_UNREADABLE)


def _trust(use: Services, token: str | Problem) -> Trust:
    """Return the service's own list; it expires for the service too."""
    if isinstance(token, Problem):
        return distrusting(token)
    trust = _accepted(token)
    if trust.trust_list is None or trust.trust_list.expired(use.clock.now()):
        return distrusting(EXPIRED)
    return trust


def _interval(token: str, now: datetime) -> Hashable:
    return token, bisect_right(_ends(token), now)


@lru_cache(maxsize=4)
def _ends(token: str) -> Sequence[datetime]:
    """Return every instant at which a key, or the list itself, begins or ends."""
    trust_list = _accepted(token).trust_list
    if trust_list is None:
        return ()
    ends = [end for key in trust_list.keys for end in (key.not_before, key.not_after)]
    return sorted(end for end in [*ends, trust_list.expires] if end is not None)


@lru_cache(maxsize=4)
def _accepted(token: str) -> Trust:
    """Return the trust in a list of our own, which the key store has verified."""
    return trusting(parse_trust_list(read_unverified(token).payload))
