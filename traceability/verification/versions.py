"""Records that hold, as versions of the facts they tell."""

from collections.abc import Iterable
from dataclasses import dataclass

from traceability.verification.opened import Credential, Opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One sound version of a fact, with its place in the log."""

    credential: Credential
    digest: str
    log_index: int


def versions(records: Iterable[Opened], record_type: str) -> list[Version]:
    """Return the sound versions of a type, oldest first."""
    found = [
        Version(
            credential=one.credential,
            digest=one.digest,
            log_index=one.record.log_index,
        )
        for one in records
        if one.sound
        and one.credential is not None
        and one.record.log_index is not None
        and one.credential.type == record_type
    ]
    return sorted(found, key=lambda one: one.credential.version)
