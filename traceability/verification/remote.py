"""Verify from outside: ask a service, believe only what can be checked here."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from traceability.core.errors import DomainError
from traceability.core.ports import Clock
from traceability.gs1.digital_link import DigitalLink
from traceability.signing.keys import PublicKey
from traceability.signing.strict_json import read_object
from traceability.signing.trust_list import (
    TrustList,
    root_named_by,
    verify_trust_list,
)
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.policy import Policy
from traceability.transparency.tiles import WIDTH, Tile, parse_bundle
from traceability.verification.bundle.contents import evidence_in, read_bundle
from traceability.verification.evidence import Evidence, Mode, ReadLink, read_link
from traceability.verification.fetching import FetchError, fetch
from traceability.verification.findings import Finding, Problem, Result
from traceability.verification.memory import (
    Memory,
    memory_file,
    recall,
    remember,
)
from traceability.verification.opened import LoggedRecord, home_of
from traceability.verification.report import NOTHING, Report, report_of, settled_since
from traceability.verification.status_checks import LISTS_MISSING
from traceability.verification.tree import key_ended, read_tree, recall_tree
from traceability.verification.trust import (
    EXPIRED,
    NO_LIST,
    Trust,
    distrusting,
    trust_of,
    trusting,
)
from traceability.verification.wire import EvidenceMalformedError, Told, read_document

TRUST_LIST_PATH = "/.well-known/trust-list.jws"
EVIDENCE_PATH = "/api/v1/evidence"
TILES_PATH = "/log/tile/"
MAX_TILES = 64  # so many entries after a lot's first record are read: 16,384
_LIST_BYTES = 1024 * 1024
_BUNDLE_BYTES = WIDTH * (0xFFFF + 2)
Fetch = Callable[..., bytes]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A reader who pins whom it trusts and remembers what of the log it saw.

    ``trust_list`` is a list handed over by hand; ``notes`` the folder of its memory.
    Without either, the first service met is taken at its word, and its root pinned.
    """

    clock: Clock
    notes: Path | None = None
    trust_list: str = ""
    offline: bool = False
    policy: Policy | None = None  # what is asked of the log's heads
    fetch: Fetch = fetch
    status: tuple[str, ...] = ()  # status lists handed over by hand

    def check_link(self, text: str) -> Report:
        """Return the report on a link. Raises ``MemoryUnreadableError``."""
        asked = read_link(text)
        now = self.clock.now()
        if asked.link is None:
            mode = Mode.OFFLINE if self.offline else Mode.ONLINE
            trust = distrusting(NO_LIST)
            return report_of(Evidence(mode=mode, now=now, trust=trust, asked=asked))
        memory = self._recall(asked.link.origin)
        trust, memory = self._trust(asked.link.origin, memory)
        if self.offline:
            seen = (*self.status, *memory.status)
            return report_of(
                Evidence(
                    mode=Mode.OFFLINE,
                    now=now,
                    trust=trust,
                    asked=asked,
                    seen_status=seen,
                )
            )
        evidence = self._gather(asked, asked.link, trust, memory)
        report = report_of(evidence)
        self._remember(asked.link.origin, memory, evidence, report)
        return report

    def check_record(self, record: LoggedRecord, checkpoint: str = "") -> Report:
        """Return the report on one record handed over as a file."""
        origin = home_of(record)
        trust, _ = self._trust(origin, self._recall(origin))
        return report_of(
            Evidence(
                mode=Mode.RECORD,
                now=self.clock.now(),
                trust=trust,
                records=[record],
                checkpoint=checkpoint,
                policy=self.policy,
            )
        )

    def check_bundle(self, data: bytes) -> Report:
        """Return the report on a bundle. Raises the errors of ``bundle.errors``.

        Its own trust list counts only where a root that was trusted before signed it.
        Unless offline, the service is asked what became of the lot since.
        """
        bundle = read_bundle(data)
        asked = read_link(bundle.link)
        origin = asked.link.origin if asked.link else ""
        memory = self._recall(origin) if origin else Memory()
        if origin:
            trust, memory = self._trust(origin, memory, offered=bundle.trust_list)
        else:
            trust = distrusting(NO_LIST)
        evidence = evidence_in(
            bundle,
            trust=trust,
            now=self.clock.now(),
            seen_checkpoint=memory.checkpoint,
            seen_status=(*self.status, *memory.status),
        )
        evidence = replace(evidence, policy=self.policy)
        report = report_of(evidence, self._since(asked, evidence))
        if origin and _is_news(memory, evidence, report):
            self._remember(origin, memory, evidence, report)
        return report

    def _since(self, asked: ReadLink, bundle: Evidence) -> Mapping[int, Finding]:
        """Return what the service, asked now, settles about a bundle of its own."""
        if self.offline or asked.link is None:
            return NOTHING
        before = Memory(checkpoint=bundle.checkpoint)
        now = self._gather(asked, asked.link, bundle.trust, before)
        return settled_since(bundle, now)

    def _recall(self, origin: str) -> Memory:
        return recall(_file(self.notes, origin)) if self.notes else Memory()

    def _remember(
        self, origin: str, memory: Memory, evidence: Evidence, report: Report
    ) -> None:
        """Keep the list, and the head unless it broke with the one before."""
        if self.notes is None or evidence.trust.problem is not None:
            return
        sound = isinstance(evidence.tree, Checkpoint)
        if sound and report.finding(7).result is not Result.FAIL:
            memory = memory.with_checkpoint(evidence.checkpoint)
        memory = memory.with_status(evidence.lists.tokens)
        try:
            remember(_file(self.notes, origin), memory)
        except OSError as fault:  # the verdict stands; the next one starts from less
            _log.warning("nothing could be remembered: %s", fault)

    def _trust(
        self, origin: str, memory: Memory, offered: str = ""
    ) -> tuple[Trust, Memory]:
        """Return what is trusted for an origin, and the notes with the list taken.

        ``offered`` is a list that came with what is checked: newer, or nothing.
        """
        pinned = self._pinned(memory, offered) or self._stranger(origin)
        if isinstance(pinned, Problem):
            return distrusting(pinned), memory
        if self.offline or (pinned and origin not in pinned.link_origins):
            return self._at_hand(pinned), memory
        return self._fetched_trust(origin, pinned, memory)

    def _fetched_trust(
        self, origin: str, pinned: TrustList | None, memory: Memory
    ) -> tuple[Trust, Memory]:
        try:
            token = self._fetch_text(origin + TRUST_LIST_PATH, _LIST_BYTES)
            root = pinned.ring if pinned else root_named_by(token)
        except FetchError:
            return self._at_hand(pinned), memory
        except DomainError as refusal:
            return distrusting(Problem.of(refusal)), memory
        trust = trust_of(
            token,
            root,
            now=self.clock.now(),
            last_seen_version=pinned.version if pinned else 0,
        )
        if trust.problem is not None:
            return trust, memory
        if isinstance(root, PublicKey):
            trust = replace(trust, first_sight=root.kid)
        return trust, memory.with_trust_list(token)

    def _stranger(self, origin: str) -> Problem | None:
        """Return why a service nobody vouched for is not taken at its word.

        Only the first one ever met is; a label cannot introduce a second.
        """
        if self.notes is None or not any(self.notes.glob("*.json")):
            return None
        return Problem(
            "host-not-trusted",
            "No trust list at hand names %(origin)s.",
            {"origin": origin},
        )

    def _at_hand(self, pinned: TrustList | None) -> Trust:
        """Return the trust in a list that was handed over or kept; it may expire."""
        if pinned is None:
            return distrusting(NO_LIST)
        if pinned.expired(self.clock.now()):
            return distrusting(EXPIRED)
        return trusting(pinned)

    def _pinned(self, memory: Memory, offered: str) -> TrustList | Problem | None:
        """Return the newest list this verifier holds by itself, whatever its age.

        A list handed over by hand decides whose root counts; the one in memory is
        newer or nothing, as is one that came with a bundle.
        """
        now = self.clock.now()
        pinned: TrustList | None = None
        own = [one for one in (self.trust_list, memory.trust_list) if one]
        for token in filter(None, [*own, offered] if own else []):
            try:
                root = pinned.ring if pinned else root_named_by(token)
                found = verify_trust_list(token, root, now=now, accept_expired=True)
            except DomainError as refusal:
                if pinned is None:
                    return Problem.of(refusal)
                continue
            if pinned is None or found.version > pinned.version:
                pinned = found
        return pinned

    def _gather(
        self, asked: ReadLink, link: DigitalLink, trust: Trust, memory: Memory
    ) -> Evidence:
        evidence = Evidence(
            mode=Mode.ONLINE,
            now=self.clock.now(),
            trust=trust,
            asked=asked,
            seen_status=(*self.status, *memory.status),
            policy=self.policy,
        )
        if link.origin not in trust.origins:
            return evidence
        try:
            told = self._ask(link, memory)
        except (FetchError, EvidenceMalformedError) as refusal:
            return replace(evidence, silence=Problem.of(refusal))
        return replace(
            evidence,
            label=told.label,
            records=told.records,
            recognitions=told.recognitions,
            papers=told.papers,
            inputs=told.inputs,
            confirmations=told.confirmations,
            checkpoint=told.checkpoint,
            consistency=told.consistency,
            shown=told.shown,
            scans=told.scans,
            status=told.status,
            seen_checkpoint=memory.checkpoint,
            later_leaves=self._later_leaves(link.origin, told, trust),
        )

    def _ask(self, link: DigitalLink, memory: Memory) -> Told:
        query = {"link": str(link)}
        seen = recall_tree(memory.checkpoint) if memory.checkpoint else None
        if isinstance(seen, Checkpoint):
            query["since"] = str(seen.size)
        url = f"{link.origin}{EVIDENCE_PATH}?{urlencode(query, quote_via=quote)}"
        try:
            return read_document(read_object(self.fetch(url)))
        except ValueError:
            raise EvidenceMalformedError(
                "The service's answer is no evidence document."
            ) from None

    def _later_leaves(
        self, origin: str, told: Told, trust: Trust
    ) -> list[bytes] | Problem | None:
        """Return the log's entries after the lot's first record, read from its tiles.

        Nothing where there are more than anybody waits for: status lists tell then of
        recalls, and without them only the service's word would be left.
        """
        tree = read_tree(told.checkpoint, trust, self.clock.now())
        indexes = [one.log_index for one in told.records if one.log_index is not None]
        if isinstance(tree, Problem) or not indexes:
            return None
        begin = min(indexes) + 1
        if begin >= tree.size:
            return []
        first, last = begin // WIDTH, (tree.size - 1) // WIDTH
        if last - first >= MAX_TILES:
            return None if told.status else LISTS_MISSING
        leaves: list[bytes] = []
        try:
            for index in range(first, last + 1):
                width = min(WIDTH, tree.size - index * WIDTH)
                leaves += self._bundle(origin, Tile(None, index, width))
        except DomainError as refusal:
            return Problem.of(refusal)
        return leaves[begin - first * WIDTH :]

    def _bundle(self, origin: str, tile: Tile) -> list[bytes]:
        url = origin + TILES_PATH + tile.path()
        return parse_bundle(self.fetch(url, limit=_BUNDLE_BYTES))[: tile.width]

    def _fetch_text(self, url: str, limit: int) -> str:
        return self.fetch(url, limit=limit).decode("ascii", "replace").strip()


def _is_news(memory: Memory, evidence: Evidence, report: Report) -> bool:
    """Return whether a bundle's head is to be remembered: newer than the one seen.

    Not one whose key has ended: who finds an old key must not make a memory false.
    """
    if key_ended(evidence.checkpoint, evidence.trust, evidence.now) is not None:
        return False
    seen = recall_tree(memory.checkpoint) if memory.checkpoint else None
    if not isinstance(seen, Checkpoint) or not isinstance(evidence.tree, Checkpoint):
        return seen is None
    proven = report.finding(7).result is Result.PASS
    return proven and evidence.tree.size > seen.size


def _file(folder: Path, origin: str) -> Path:
    return memory_file(folder, urlsplit(origin).netloc)
