"""Why labels count no more, and who else saw it. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from traceability.core.canonical import Json
from traceability.core.text import clean_text
from traceability.labels.errors import WitnessMissingError

WITNESS_FROM = 100  # labels; fewer are a sheet or two, and one person's word will do


class VoidKind(StrEnum):
    """What happened to labels that are made void."""

    MISPRINT = "misprint"
    LOST = "lost"
    LEFT_OVER = "left-over"
    DESTROYED = "destroyed"
    OTHER = "other-reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A second person who was there. Personal data: signed only as a commitment."""

    name: str
    role: str

    @classmethod
    def named(cls, name: str, role: str) -> Self | None:
        """Return whom a form names, or nothing. Raises ``WitnessMissingError``."""
        name, role = clean_text(name), clean_text(role)
        if not name and not role:
            return None
        if not name or not role:
            raise WitnessMissingError(
                "Write the name and the role of the second person.",
                field="witness_role" if name else "witness_name",
            )
        return cls(name=name, role=role)

    def private(self) -> dict[str, Json]:
        """Return what is signed only as a commitment (TRUST.md, private values)."""
        return {"witness": {"name": self.name, "role": self.role}}


def require_witness(count: int, kind: VoidKind, witness: Witness | None) -> None:
    """Refuse many labels, and destroyed ones, on one person's word alone.

    Raises ``WitnessMissingError``.
    """
    if witness is not None:
        return
    if kind is VoidKind.DESTROYED:
        raise WitnessMissingError(
            "Labels are destroyed before a second person: write who that was.",
            field="witness_name",
        )
    if count >= WITNESS_FROM:
        raise WitnessMissingError(
            "From %(n)d labels on, a second person confirms it: write who that was.",
            field="witness_name",
            n=WITNESS_FROM,
        )
