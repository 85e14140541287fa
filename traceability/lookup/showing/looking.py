"""What one look at a code is made of: the moment, the label, its lot. Pure."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from itertools import count
from typing import Any
from urllib.parse import quote_plus

from markupsafe import Markup

from traceability.batches.models import Batch
from traceability.gs1.digital_link import DigitalLink
from traceability.gs1.query import Query
from traceability.labels.models import LabelBinding, LabelRun
from traceability.labels.standing import LabelStanding, LabelState, Printed
from traceability.lookup.page import PublicPage
from traceability.lookup.shapes import Shape
from traceability.verification.evidence import (
    Evidence,
    LabelFacts,
    LabelState as State,
    ReadLink,
)
from traceability.verification.findings import Finding, Problem
from traceability.verification.printed.queries import label_facts
from traceability.verification.room import Sources
from traceability.verification.service import Gathered

LOT_ITSELF = LabelFacts(state=State.LOT)


@lru_cache(maxsize=4)
def _quoted(origin: str) -> str:
    return quote_plus(origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a page hangs on beside rows: taken before the database is read."""

    stamp: Hashable | None  # of the database; equal ones: nothing was written
    day: date
    interval: Hashable  # between two beginnings or ends of keys
    head: str  # of the log, as it was published
    sources: Sources


@dataclass(frozen=True)
class Asked:
    """A link and the whole text it came in with its seal, put together once."""

    link: DigitalLink
    query: Query

    @cached_property
    def canonical(self) -> str:
        """Return the link alone, as scans are counted for it."""
        return str(self.link)

    @cached_property
    def text(self) -> str:
        """Return the absolute link as it was asked for."""
        raw = self.query.raw
        return f"{self.canonical}?{raw}" if raw else self.canonical

    @cached_property
    def quoted(self) -> str:
        """Return the text as the value of a query."""
        link = self.link  # its path is encoded: two characters of it are reserved
        path = link.path().replace("%", "%25").replace("/", "%2F")
        query = quote_plus(f"?{self.query.raw}") if self.query.raw else ""
        return f"{_quoted(link.origin)}{path}{query}"

    @cached_property
    def read(self) -> ReadLink:
        """Return the text as a verifier reads it."""
        return ReadLink(text=self.text, link=self.link, seal=self.query.seal)


@dataclass(frozen=True, slots=True)
class Label:
    """A serial's state; nothing for a lot's own code; or why nobody can say."""

    state: LabelState | None = None
    silence: Problem | None = None
    printed: Printed | None = None

    @property
    def standing(self) -> LabelStanding | None:
        """Return what the serial is worth, where it is known."""
        if self.state is None and self._nobody_s:
            return LabelStanding.UNBOUND
        return self.state.standing if self.state else None

    @property
    def _nobody_s(self) -> bool:
        return self.printed is not None and self.printed.batch_id is None

    @property
    def binding(self) -> LabelBinding | None:
        """Return what binds the label, blank until then, to its lot."""
        return self.printed.binding if self.printed else None

    @property
    def bound_on(self) -> datetime | None:
        """Return when the label, blank until then, was bound to its lot."""
        return self.binding.at if self.binding else None

    @property
    def facts(self) -> LabelFacts | None:
        """Return the state as a verifier is told it."""
        if self.silence is not None:
            return None
        return label_facts(self.state) if self.state else LOT_ITSELF

    @property
    def scratch(self) -> bool:
        """Return whether the label's run was made with scratch codes."""
        run = self.state.run if self.state else None
        return run is not None and run.scratch

    def run_of(self, batch: Batch) -> LabelRun | None:
        """Return the run the label was printed in, if it was printed for this lot."""
        mine = self.state is not None and self.state.batch_id == batch.id
        return self.state.run if self.state and mine else None


@dataclass(frozen=True, slots=True)
class LotKnown:
    """What all labels of a lot share: its rows, and what the page tells of them."""

    rows: Gathered
    told: Mapping[str, Any]  # fields of the page
    credit: Mapping[str, Any]  # those that lend it credit
    parts: dict[str, Markup] = field(default_factory=dict)  # of the page, rendered
    shapes: dict[Hashable, Shape] = field(default_factory=dict)  # of its labels' pages
    number: int = field(default_factory=count().__next__)

    def page(self, **own: Any) -> PublicPage:
        """Return a page with what is known of its lot; ``own`` is its label's."""
        whole = PublicPage(parts=self.parts, shapes=self.shapes, **self.told, **own)
        if whole.brief or whole.doubtful:
            return whole
        return replace(whole, **self.credit)


@dataclass(frozen=True, slots=True)
class Judged:
    """Evidence, and what is settled of it before its label is looked at."""

    evidence: Evidence
    settled: Mapping[int, Finding]
    sound: bool  # nothing is wrong with any record: else time may change that
    number: int = field(default_factory=count().__next__)
