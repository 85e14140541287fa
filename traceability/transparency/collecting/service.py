"""Ask the witnesses of the policy to cosign the newest head, outside any request.

Nobody waits for it: a head is published at once, and has its cosignatures a few seconds
later. What a witness answers is believed only as far as its signature goes.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

from traceability.core.errors import DomainError
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.transparency.asking import Answer, Asker
from traceability.transparency.cosignatures import (
    CLOCK_SLACK,
    Cosignature,
    has_quorum,
    read_cosignatures,
    times_of,
)
from traceability.transparency.cosigned_file import Cosigned
from traceability.transparency.errors import WitnessAnswerError
from traceability.transparency.head_file import Published
from traceability.transparency.note import Note, parse_note, parse_signature_lines
from traceability.transparency.policy import Witness
from traceability.transparency.service import TransparencyLog
from traceability.transparency.witnessing.submission import format_submission

ADD_CHECKPOINT = "/add-checkpoint"
MAX_ANSWER = 16 * 1024
REFRESH = 3600  # seconds after which a witness is asked to sign the same head again
RETRY = 60.0  # seconds before a witness that failed is asked again
AT_ONCE = 8
_OK, _CONFLICT = 200, 409
_SIZE_TYPE = "text/x.tlog.size"
_SIZE_DIGITS = 19


class Asks(Protocol):
    """What asks a witness; ``asking.Asker`` in operation."""

    def post(self, url: str, body: bytes, limit: int) -> Answer:
        """Return the answer to POST. Raises ``PeerSilentError``."""
        ...


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of asking led to."""

    size: int  # of the newest head, 0 where nothing was published
    cosigned: tuple[str, ...]  # names of the policy
    quorum: bool
    faults: tuple[str, ...] = ()


@dataclass
class Collector:
    """Asks witnesses, and remembers whom it need not ask again so soon."""

    log: TransparencyLog
    database: Database
    clock: Clock
    ask: Asks = field(default_factory=Asker)
    _rest: dict[str, float] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)

    @property
    def witnesses(self) -> list[Witness]:
        """Return the witnesses that can be asked."""
        return [one for one in self.log.cosigned.policy.witnesses if one.url]

    def collect(self, *, patient: bool = True) -> Round:
        """Ask whoever has not signed the newest head lately, and keep what they sign.

        A ``patient`` round leaves alone for a while whoever failed. Raises what
        ``TransparencyLog.publish`` raises.
        """
        self.log.publish(self.database)
        known = self.log.cosigned_head()
        if known is None or known.checkpoint.size == 0:
            return Round(0, (), quorum=False)
        asked = [one for one in self.witnesses if self._due(one, known, patient)]
        found = list(known.cosignatures)
        faults: list[str] = []
        if asked:
            with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
                answers = pool.map(lambda one: self._asked(one, known.head), asked)
            for one in answers:
                if isinstance(one, str):
                    faults.append(one)
                else:
                    found = [old for old in found if old.witness != one.witness]
                    found.append(one)
            self.log.cosigned.keep(Cosigned(known.head, tuple(found)))
        return Round(
            size=known.checkpoint.size,
            cosigned=tuple(sorted(times_of(found))),
            quorum=has_quorum(self.log.cosigned.policy, found),
            faults=tuple(faults),
        )

    def _due(self, witness: Witness, known: Cosigned, patient: bool) -> bool:  # noqa: FBT001 (private)
        at = times_of(known.cosignatures).get(witness.name)
        if at is not None and self._now() - at < REFRESH:
            return False
        return not patient or monotonic() >= self._rest.get(witness.name, 0)

    def _asked(self, witness: Witness, head: Published) -> Cosignature | str:
        """Return a witness's cosignature, or what is wrong with its answer."""
        try:
            found = self._cosignature(witness, head)
        except DomainError as fault:
            self._rest[witness.name] = monotonic() + RETRY
            return f"{witness.name}: {fault.code}: {fault}"
        self._rest.pop(witness.name, None)
        self._sizes[witness.name] = head.checkpoint.size
        return found

    def _cosignature(self, witness: Witness, head: Published) -> Cosignature:
        old = min(self._sizes.get(witness.name, 0), head.checkpoint.size)
        answer = self._post(witness, old, head)
        if answer.status == _CONFLICT and answer.kind == _SIZE_TYPE:
            answer = self._post(witness, _size_of(answer, head), head)
        if answer.status != _OK:
            raise WitnessAnswerError("It answered %(status)d.", status=answer.status)
        return self._verified(witness, head, answer.body)

    def _post(self, witness: Witness, old: int, head: Published) -> Answer:
        size = head.checkpoint.size
        with self.database.reading() as session:
            proof = self.log.consistency_proof(session, old, size)
        body = format_submission(old, proof, head.note).encode()
        return self.ask.post(witness.url.rstrip("/") + ADD_CHECKPOINT, body, MAX_ANSWER)

    def _verified(self, witness: Witness, head: Published, body: bytes) -> Cosignature:
        """Return the cosignature in a body; raises for everything else."""
        try:
            lines = parse_signature_lines(body.decode())
        except UnicodeDecodeError:
            raise WitnessAnswerError("Its answer is not UTF-8.") from None
        note = Note(parse_note(head.note).text, lines)
        found: Sequence[Cosignature] = read_cosignatures(note, [witness], self._now())
        if not found or found[0].at < self._now() - CLOCK_SLACK:
            raise WitnessAnswerError("Its answer holds no cosignature of today.")
        return found[0]

    def _now(self) -> int:
        return int(self.clock.now().timestamp())


def _size_of(answer: Answer, head: Published) -> int:
    """Return the size a witness says it has cosigned last."""
    text = answer.body.removesuffix(b"\n")
    if not text.isdigit() or len(text) > _SIZE_DIGITS:
        raise WitnessAnswerError("Its answer names no size.")
    if int(text) > head.checkpoint.size:
        raise WitnessAnswerError(
            "It has cosigned %(size)d entries, more than were published here: two logs"
            " sign as one.",
            size=int(text),
        )
    return int(text)
