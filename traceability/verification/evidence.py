"""Everything the checks look at, exactly as it was received."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from traceability.core.canonical import Json
from traceability.core.clock import day_in_vietnam
from traceability.core.errors import DomainError
from traceability.gs1.digital_link import DigitalLink
from traceability.signing.entries import parse_instant
from traceability.signing.strict_json import read_object
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.cosignatures import Cosignature, cosignatures_on
from traceability.transparency.policy import Policy, Witness
from traceability.verification.disclosed import Disclosed
from traceability.verification.findings import Problem
from traceability.verification.opened import LoggedRecord, Opened, open_record
from traceability.verification.stamps import binding_of
from traceability.verification.status_lists import AtHand, open_lists, together
from traceability.verification.tree import is_tail, read_tree, root_within
from traceability.verification.trust import Trust
from traceability.verification.versions import Examined


class Mode(StrEnum):
    """How the verifier came by its evidence."""

    ONLINE = "online"  # a link, and a service that answered
    OFFLINE = "offline"  # a link and a trust list at hand, nothing else
    RECORD = "record"  # one record as a file
    BUNDLE = "bundle"  # a file that holds the evidence, and what a service adds


class LabelState(StrEnum):
    """What the service says of the label a link names."""

    LIVE = "live"
    LOT = "lot"  # the link names a whole lot that exists
    VOID = "void"
    UNBOUND = "unbound"  # a blank stamp that is no lot's yet
    UNKNOWN = "unknown"  # no such serial was ever issued
    OTHER_BATCH = "other-batch"  # the serial lives in another lot
    LOT_UNKNOWN = "lot-unknown"  # the product is known, the lot is not
    PRODUCT_UNKNOWN = "product-unknown"
    PRODUCT = "product"  # the link names a product only


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFacts:
    """The service's word on a label; the key of serials is secret."""

    state: LabelState
    sealed: bool = False  # its run was printed with seals
    void_on: datetime | None = None
    void_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownConfirmation:
    """That a page says a party confirmed a record it shows."""

    record_sha256: str  # of the record's newest version, as shown
    party: str  # https://host/organisations/<public id>
    name: str  # the party's, as printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page or an answer claims about the lot."""

    record_sha256: str = ""  # the version it shows
    status: str = ""  # "issued", "held" or "recalled"
    stars: int = 0  # shown as valid; 0: none
    papers: tuple[str, ...] = ()  # subjects of certificates and rights shown as valid
    confirmations: tuple[ShownConfirmation, ...] = ()
    words: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    # by subject: what a page prints of recognitions, certificates and rights


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFacts:
    """What is known of a code's scans."""

    count: int
    first: date | None = None
    signs: tuple[str, ...] = ()  # codes of scans.rules


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLink:
    """A link as it was read, or why it cannot be."""

    text: str
    link: DigitalLink | None = None
    seal: str | None = None
    problem: Problem | None = None


def read_link(text: str) -> ReadLink:
    """Return what a text says as a link; never raises."""
    try:
        link, query = DigitalLink.parse_with_query(text.strip())
    except DomainError as refusal:
        return ReadLink(text=text, problem=Problem.of(refusal))
    return ReadLink(text=text, link=link, seal=query.seal)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelEvidence:
    """What is asked of one label of a lot, beside what all its labels share."""

    asked: ReadLink
    now: datetime
    label: LabelFacts | None = None
    silence: Problem | None = None
    printed: Sequence[LoggedRecord] = ()  # its label run, and what became void of it
    scans: ScanFacts | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One verifier's material for one link or record; nothing in it is believed yet."""

    mode: Mode
    now: datetime
    trust: Trust
    asked: ReadLink | None = None
    silence: Problem | None = None  # why the service said nothing
    label: LabelFacts | None = None  # None: nobody was asked
    records: Sequence[LoggedRecord] = ()  # about the lot: facts, status, label runs
    recognitions: Sequence[LoggedRecord] = ()
    papers: Sequence[LoggedRecord] = ()  # certificates and rights to signs
    inputs: Sequence[LoggedRecord] = ()  # the lots behind it, all levels
    events: Sequence[LoggedRecord] = ()  # what happened to the lot; in bundles only
    told_events: Sequence[Mapping[str, Json]] = ()  # the same, as EPCIS tells it
    disclosed: Sequence[Disclosed] = ()  # private values handed over on purpose
    confirmations: Sequence[LoggedRecord] = ()  # of records shown, by parties
    later_leaves: Sequence[bytes] | Problem | None = None  # after the first record
    checkpoint: str = ""
    seen_checkpoint: str = ""  # the last one this verifier accepted
    consistency: Sequence[bytes] | None = None
    policy: Policy | Problem | None = None  # what this verifier asks of a head
    witnesses: Sequence[Witness] = ()  # known, without being asked for
    shown: Shown | None = None
    scans: ScanFacts | None = None
    status: Sequence[str] = ()  # status lists, handed over
    seen_status: Sequence[str] = ()  # status lists this verifier had before

    @property
    def whole(self) -> bool:
        """Return whether a lot's records are at hand, not a label or a record alone."""
        return self.mode in {Mode.ONLINE, Mode.BUNDLE}

    @property
    def today(self) -> date:
        """Return the day of the check in Vietnam."""
        return day_in_vietnam(self.now)

    @property
    def link(self) -> DigitalLink | None:
        """Return the link asked about, if it could be read."""
        return self.asked.link if self.asked else None

    @property
    def seal(self) -> str | None:
        """Return the digits after ``?s=``, if there are any."""
        return self.asked.seal if self.asked else None

    @cached_property
    def subject(self) -> str:
        """Return what the lot's records are about: the lot's canonical link.

        A blank stamp's link names no lot: it is the one that a binding names.
        """
        if self.link is not None and self.link.lot is not None:
            return str(self.link.lot_link())
        binding = binding_of(self.opened, self.link)
        return binding.lot if binding else ""

    @cached_property
    def tree(self) -> Checkpoint | Problem:
        """Return the log's head as the checkpoint proves it, or why it does not."""
        ended = self.mode is Mode.BUNDLE  # one is kept longer than a key signs
        return read_tree(self.checkpoint, self.trust, self.now, ended=ended)

    @cached_property
    def cosigned(self) -> Sequence[Cosignature] | Problem:
        """Return who of the known witnesses has cosigned the head.

        A problem where a signature in the name of one of them is made up.
        """
        policy = self.policy
        known = policy.witnesses if isinstance(policy, Policy) else self.witnesses
        if not known or not self.checkpoint:
            return ()
        try:
            return cosignatures_on(self.checkpoint, known, int(self.now.timestamp()))
        except DomainError as refusal:
            return Problem.of(refusal)

    @cached_property
    def tail(self) -> Sequence[bytes] | Problem | None:
        """Return all entries of the log after the lot's first record, if they are that.

        Nothing where nobody read them: then only the service says what is newest. A
        problem where they are not what they are said to be.
        """
        later = self.later_leaves
        if later is None or isinstance(later, Problem):
            return None
        if isinstance(self.tree, Problem):
            return None
        first = self._first
        if first is None:
            return None
        index, proof = first.log_index or 0, first.proof or ()
        if is_tail(self.tree, first.leaf, index, proof, later):
            return later
        return Problem(
            "log-tail-false", "The log's entries do not lead to its signed head."
        )

    @cached_property
    def _first(self) -> LoggedRecord | None:
        """Return the first record of the lot that the log is proven to hold."""
        proven = [one.record for one in self.opened if one.log is None]
        return min(proven, key=lambda one: one.log_index or 0, default=None)

    @cached_property
    def later_entries(self) -> Mapping[str, Sequence[tuple[str, str]]] | Problem:
        """Return what the log's tail holds of each subject: its name, and a digest.

        Parts of a subject (``…#void-<id>``) count as it, under names of their own.
        """
        if isinstance(self.tail, Problem):
            return self.tail
        found: dict[str, list[tuple[str, str]]] = {}
        for entry in self._tail_json():
            subject, digest = str(entry.get("subject", "")), str(entry.get("sha256"))
            found.setdefault(subject.partition("#")[0], []).append((subject, digest))
        return found

    def _tail_json(self) -> Iterator[Mapping[str, Json]]:
        for leaf in () if isinstance(self.tail, Problem) else self.tail or ():
            try:
                yield read_object(leaf)
            except ValueError:
                continue  # not one of our leaves: others may live in a log

    @cached_property
    def as_of(self) -> datetime | None:
        """Return the newest time told of under the head: it is at least so young."""
        groups = (self.opened, self.opened_inputs, self.opened_events)
        signed = [
            one.credential.issued_at
            for group in groups
            for one in group
            if one.sound and one.credential is not None
        ]
        logged = [_issued_at(entry) for entry in self._tail_json()]
        return max([*signed, *(one for one in logged if one)], default=None)

    def root_at(self, size: int) -> bytes | None:
        """Return the log's root when it had ``size`` entries, if the tail tells it."""
        tree, first, tail = self.tree, self._first, self.tail
        if isinstance(tree, Problem) or size > tree.size:
            return None
        if size == tree.size:
            return tree.root
        if first is None or tail is None or isinstance(tail, Problem):
            return None
        index, proof = first.log_index or 0, first.proof or ()
        if size <= index:
            return None
        return root_within(tree, first.leaf, index, proof, tail[: size - index - 1])

    @cached_property
    def opened(self) -> Examined:
        """Return the records about the lot with what was found out about each."""
        return self._open(self.records)

    @cached_property
    def opened_recognitions(self) -> Examined:
        """Return the recognitions with what was found out about each."""
        return self._open(self.recognitions)

    @cached_property
    def opened_papers(self) -> Examined:
        """Return the certificates and rights with what was found out about each."""
        return self._open(self.papers)

    @cached_property
    def opened_inputs(self) -> Examined:
        """Return the records of the lots behind this one, examined."""
        return self._open(self.inputs)

    @cached_property
    def opened_events(self) -> Examined:
        """Return the records of events with what was found out about each."""
        return self._open(self.events)

    @property
    def all_opened(self) -> tuple[Opened, ...]:
        """Return every record that was handed over, examined."""
        return (
            *(*self.opened, *self.opened_recognitions, *self.opened_papers),
            *(*self.opened_inputs, *self.opened_events),
            *self.opened_confirmations,
        )

    @cached_property
    def lists_told(self) -> AtHand:
        """Return the status lists that came with the evidence, examined."""
        return open_lists(self.status, trust=self.trust, now=self.now)

    @cached_property
    def lists_seen(self) -> AtHand:
        """Return the status lists this verifier had before, examined again."""
        return open_lists(self.seen_status, trust=self.trust, now=self.now)

    @cached_property
    def lists(self) -> AtHand:
        """Return the newest status lists, told or seen."""
        return together(self.lists_seen, self.lists_told)

    @cached_property
    def opened_confirmations(self) -> Examined:
        """Return what parties signed about the records shown, examined."""
        return self._open(self.confirmations)

    def of_label(self, read: "LabelEvidence") -> "Evidence":
        """Return this evidence of a lot as that of one of its labels.

        What was examined stays so: records, keys and head are the same, and no key
        began or ended between the two instants (``Sources.interval``).
        """
        added = self._open(read.printed)
        other = object.__new__(Evidence)  # a third of what ``replace`` costs
        other.__dict__.update(
            {name: self.__dict__[name] for name in _FIELDS} | self._examined(),
            asked=read.asked,
            now=read.now,
            label=read.label,
            silence=read.silence,
            scans=read.scans,
            records=(*self.records, *read.printed),
            opened=Examined((*self.opened, *added)) if added else self.opened,
        )
        lot = _lot_in(read.asked.link)
        if lot is not None and lot == _lot_in(self.link):
            other.__dict__["subject"] = self.subject
        return other

    @property
    def sound(self) -> bool:
        """Return whether nothing is wrong with any record; time cannot change that."""
        return all(one.sound for one in self.all_opened)

    def _examined(self) -> dict[str, object]:
        """Return what was found out, for a copy: cached_property looks there first."""
        return {
            "tree": self.tree,
            "cosigned": self.cosigned,
            "opened": self.opened,
            "opened_recognitions": self.opened_recognitions,
            "opened_papers": self.opened_papers,
            "opened_inputs": self.opened_inputs,
            "opened_events": self.opened_events,
            "opened_confirmations": self.opened_confirmations,
        }

    def _open(self, records: Sequence[LoggedRecord]) -> Examined:
        return Examined(
            open_record(one, trust=self.trust, tree=self.tree, now=self.now)
            for one in records
        )


_FIELDS = tuple(one.name for one in fields(Evidence))


def _lot_in(link: DigitalLink | None) -> tuple[object, ...] | None:
    """Return what names a lot in a link, if anything does."""
    if link is None or link.lot is None:
        return None
    return link.origin, link.key, link.variant, link.lot


def _issued_at(entry: Mapping[str, Json]) -> datetime | None:
    try:
        return parse_instant(entry["issued_at"])
    except (KeyError, TypeError, ValueError):
        return None
