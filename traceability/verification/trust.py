"""Whom a verifier trusts: one trust list, accepted or refused with the reason."""

from dataclasses import dataclass
from datetime import datetime

from traceability.core.errors import DomainError
from traceability.signing.keyring import KeyRing
from traceability.signing.keys import PublicKey
from traceability.signing.trust_list import TrustList, verify_trust_list
from traceability.verification.findings import Problem

MISSING = "trust-list-missing"
NO_LIST = Problem(MISSING, "There is no trust list at hand.")
EXPIRED = Problem("trust-list-expired", "The trust list has expired.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """A trust list that was accepted, or why there is none."""

    problem: Problem | None
    trust_list: TrustList | None
    ring: KeyRing
    first_sight: str = ""  # the root key's id, where nobody vouched for it before

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the hosts, with ports, that links and records may name."""
        return self.trust_list.link_hosts if self.trust_list else ()

    @property
    def origins(self) -> tuple[str, ...]:
        """Return the origins links may start with."""
        return self.trust_list.link_origins if self.trust_list else ()


def trusting(trust_list: TrustList) -> Trust:
    """Return the trust of somebody who already accepted this list."""
    return Trust(problem=None, trust_list=trust_list, ring=trust_list.ring)


def distrusting(problem: Problem) -> Trust:
    """Return the trust of somebody who has no list to go by, with the reason."""
    return Trust(problem=problem, trust_list=None, ring=KeyRing([]))


def trust_of(
    token: str | None,
    root: PublicKey | KeyRing,
    *,
    now: datetime,
    last_seen_version: int = 0,
) -> Trust:
    """Return what a received list is worth to a verifier who pins a root; never raises.

    ``last_seen_version`` is the newest this verifier ever accepted.
    """
    if not token:
        return distrusting(NO_LIST)
    try:
        return trusting(
            verify_trust_list(token, root, now=now, last_seen_version=last_seen_version)
        )
    except DomainError as refusal:
        return distrusting(Problem.of(refusal))
