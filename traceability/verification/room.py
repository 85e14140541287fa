"""What a running service verifies with: its trust, its log, its serial keys."""

from collections.abc import Callable
from dataclasses import dataclass

from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.core.ports import Clock, Mac
from traceability.labels.room import label_keys_of
from traceability.signing.keystore import KeyStore
from traceability.transparency.errors import LogBehindError
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
    mac_of: Callable[[str], Mac]
    clock: Clock
    identity: Identity
    behind: Callable[[], bool]  # whether more was published than the database holds


def sources_of(use: Services) -> Sources:
    """Return what this service verifies with now."""
    log = use.get(TransparencyLog)
    return Sources(
        trust=_trust(use),
        log=log,
        mac_of=label_keys_of(use).mac_of,
        clock=use.clock,
        identity=use.identity,
        behind=lambda: log.state(use.database) == LogBehindError.code,
    )


def _trust(use: Services) -> Trust:
    """Return the service's own list; it expires for the service too."""
    try:
        trust_list = use.get(KeyStore).trust_list
    except DomainError as refusal:
        return distrusting(Problem(refusal.code, KEYS_UNREADABLE))
    if trust_list.expired(use.clock.now()):
        return distrusting(EXPIRED)
    return trusting(trust_list)
