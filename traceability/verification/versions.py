"""Records that hold, as versions of the facts they tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from traceability.verification.opened import Credential, Opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One sound version of a fact, with its place in the log."""

    credential: Credential
    digest: str
    log_index: int


class Examined(tuple[Opened, ...]):  # noqa: SLOT001 (it remembers)
    """Records with what was found out about each; every check asks for versions."""

    def versions(self, record_type: str) -> Sequence[Version]:
        """Return the sound versions of a type, oldest first; sorted out once."""
        known: Sequence[Version] | None = self.__dict__.get(record_type)
        if known is None:
            known = self.__dict__[record_type] = _sorted_out(self, record_type)
        return known

    def of_lot(self, record_type: str, lot: str) -> Sequence[Version]:
        """Return those that name a lot among their claims."""
        name = f"{record_type} {lot}"
        known: Sequence[Version] | None = self.__dict__.get(name)
        if known is None:
            found = self.versions(record_type)
            known = [one for one in found if one.credential.claims.get("lot") == lot]
            self.__dict__[name] = known
        return known


def versions(records: Iterable[Opened], record_type: str) -> Sequence[Version]:
    """Return the sound versions of a type, oldest first."""
    if isinstance(records, Examined):
        return records.versions(record_type)
    return _sorted_out(records, record_type)


def _sorted_out(records: Iterable[Opened], record_type: str) -> Sequence[Version]:
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
