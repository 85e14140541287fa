"""A visit as it is written down, and as its signed record gives it back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from traceability.catalog.communes import Commune, commune
from traceability.core.canonical import Json
from traceability.core.text import clean_text
from traceability.inspection.errors import InspectionTextError, SeenAtError

AHEAD = timedelta(minutes=5)  # what a phone's clock may be fast
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
MAX_LINK = 2_000
LONGEST = {
    "notes": 10_000,
    "measures": 5_000,
    "sampling": 2_000,
    "met": 1_000,
    "opinion": 2_000,
}
MAX_PLACE = 300


class Result(StrEnum):
    """What a visit found, in the words of CBV 2.0 for a disposition."""

    CONFORMANT = "conformant"
    NON_CONFORMANT = "non_conformant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a visit was: in words, and the commune where it is known."""

    text: str
    commune_code: str | None = None

    @property
    def commune(self) -> Commune | None:
        """Return the commune. Raises ``CommuneUnknownError``."""
        return commune(self.commune_code) if self.commune_code else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the inspector's device showed when the label was checked."""

    verdict: str = ""
    checks: Sequence[Mapping[str, Json]] = ()
    trust_list_version: int | None = None
    trust_list_age_s: int | None = None
    status_age_s: int | None = None

    def json(self) -> dict[str, Json]:
        """Return it as it is committed to; what is not known is left out."""
        told: dict[str, Json] = {
            "verdict": self.verdict or None,
            "checks": [dict(one) for one in self.checks] or None,
            "trustListVersion": self.trust_list_version,
            "trustListAgeSeconds": self.trust_list_age_s,
            "statusAgeSeconds": self.status_age_s,
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDraft:
    """A visit as typed or sent; ``checked`` says it can be stored.

    ``met`` are names of people met, one a line: personal, like the inspector's own.
    """

    link: str
    seen_at: datetime
    place: Place
    result: Result
    notes: str = ""
    measures: str = ""
    sampling: str = ""
    met: str = ""
    opinion: str = ""
    seen: Seen = field(default_factory=Seen)
    offline: bool = False
    client_id: str | None = None

    def checked(self, now: datetime) -> "VisitDraft":
        """Return the draft with clean texts and a bearable time.

        Raises ``SeenAtError``, ``InspectionTextError``, ``CommuneUnknownError`` and
        ``HiddenCharacterError``.
        """
        _check_time(self.seen_at, now)
        texts = {
            name: _text(getattr(self, name), name, most)
            for name, most in LONGEST.items()
        }
        place = Place(
            text=_text(self.place.text, "place", MAX_PLACE),
            commune_code=self.place.commune_code or None,
        )
        if not place.text and place.commune is None:
            raise InspectionTextError("Say where the visit was.", field="place")
        return VisitDraft(
            link=_text(self.link, "link", MAX_LINK),
            seen_at=self.seen_at.astimezone(UTC).replace(microsecond=0),
            place=place,
            result=self.result,
            seen=self.seen,
            offline=self.offline,
            client_id=self.client_id,
            **texts,
        )


def _check_time(seen_at: datetime, now: datetime) -> None:
    if seen_at.tzinfo is None:
        raise SeenAtError(
            "Say the time zone: 2026-11-22T08:00:00+07:00.", field="seen_at"
        )
    if seen_at > now + AHEAD:
        raise SeenAtError("A visit cannot lie in the future.", field="seen_at")
    if seen_at < EARLIEST:
        raise SeenAtError("A visit cannot lie that far back.", field="seen_at")


def _text(text: str, name: str, most: int) -> str:
    cleaned = clean_text(text, field=name, multiline=name in LONGEST)
    if len(cleaned) > most:
        raise InspectionTextError(
            "Use at most %(most)s characters.", field=name, most=most
        )
    return cleaned
