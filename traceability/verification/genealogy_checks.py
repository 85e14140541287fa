"""Check 10: the lots behind a lot, their quantities and their dates."""

from collections.abc import Iterable, Iterator, Mapping

from traceability.batches.overrides import Rule
from traceability.batches.record import (
    RECORD_TYPE,
    BatchRecord,
    LotInput,
    read_batch_record,
)
from traceability.batches.rules import (
    MAX_LEVELS,
    Dates,
    Shortfall,
    draw_shortfall,
    measured,
    output_shortfall,
)
from traceability.batches.way.order import comes_after
from traceability.core.errors import DomainError
from traceability.events.chains import chains
from traceability.verification.event_checks import event_ids, events_problem
from traceability.verification.evidence import Evidence
from traceability.verification.findings import (
    Finding,
    Problem,
    passed,
    refused,
)
from traceability.verification.label_checks import trust_refused
from traceability.verification.lot import batch_record
from traceability.verification.opened import Opened
from traceability.verification.record_checks import no_record

GENEALOGY = 10
Known = Mapping[str, Opened]


def check_10(evidence: Evidence) -> Finding:
    """Check each lot behind this one: signed, logged, in order, enough of it."""
    if evidence.trust.problem is not None:
        return trust_refused(GENEALOGY, evidence.trust.problem)
    lot = batch_record(evidence)
    if lot is None or not evidence.whole:
        return no_record(evidence, GENEALOGY)
    known = {one.digest: one for one in evidence.opened_inputs}
    problem = next(_problems(lot, known), None) or events_problem(evidence)
    if problem is not None:
        return refused(GENEALOGY, problem)
    if not evidence.events:
        return _held(lot, known)
    return _held_with_events(lot, known, len({*event_ids(evidence)}))


def _held_with_events(lot: BatchRecord, known: Known, events: int) -> Finding:
    """Say that the way here holds, with the events a bundle tells of it."""
    return passed(
        GENEALOGY,
        "events-hold",
        "Lots behind this one whose records verify: %(n)d. Exceptions from the rules "
        "that their producers signed for: %(exceptions)d. Events told of this lot, "
        "each signed and logged: %(events)d.",
        n=len(known),
        exceptions=_excepted(lot, known),
        events=events,
    )


def _excepted(lot: BatchRecord, known: Known) -> int:
    return sum(len(one.exceptions) for one in [lot, *_read(known)])


def _held(lot: BatchRecord, known: Known) -> Finding:
    """Say that the way here holds, and how many exceptions were signed for on it."""
    excepted = _excepted(lot, known)
    if excepted:
        return passed(
            GENEALOGY,
            "exceptions",
            "Lots behind this one whose records verify: %(n)d. Exceptions from the "
            "rules that their producers signed for: %(exceptions)d.",
            n=len(known),
            exceptions=excepted,
        )
    if not lot.inputs:
        return passed(
            GENEALOGY, "no-inputs", "The lot is a beginning: no other lot went into it."
        )
    return passed(
        GENEALOGY,
        "inputs-hold",
        "Lots behind this one whose records verify: %(n)d. Quantities balance, dates "
        "are in order.",
        n=len(known),
    )


def _problems(lot: BatchRecord, known: Known) -> Iterator[Problem]:
    """Walk back level by level, each record once."""
    level, done = [lot], set[str]()
    for _ in range(MAX_LEVELS + 1):
        behind: dict[str, BatchRecord] = {}
        for one in level:
            sources = _sources(one, known)
            if isinstance(sources, Problem):
                yield sources
                return
            yield from _rules(one, sources)
            behind |= {key: row for key, row in sources.items() if key not in done}
        done |= behind.keys()
        level = list(behind.values())
        if not level:
            return
    yield Problem(
        "genealogy-too-deep",
        "The lots behind this one have more than %(most)d levels.",
        {"most": MAX_LEVELS},
    )


def _sources(lot: BatchRecord, known: Known) -> dict[str, BatchRecord] | Problem:
    """Return the records a lot names as its inputs, by digest, or what is wrong."""
    found = {}
    for one in lot.inputs:
        if not isinstance(one, LotInput):
            continue
        source = _source(one, known)
        if isinstance(source, Problem):
            return source
        found[one.record_sha256] = source
    return found


def _source(one: LotInput, known: Known) -> BatchRecord | Problem:
    opened = known.get(one.record_sha256)
    if opened is None or opened.credential is None:
        return Problem(
            "input-missing",
            "The record of an input was not handed over: %(lot)s.",
            {"lot": one.lot},
        )
    problem = opened.signature or opened.log
    if problem is not None:
        return problem
    if opened.credential.type != RECORD_TYPE or opened.credential.subject != one.lot:
        return Problem(
            "input-other-lot",
            "The record handed over for %(lot)s is about another lot.",
            {"lot": one.lot},
        )
    try:
        return read_batch_record(opened.credential.claims)
    except DomainError as refusal:
        return Problem.of(refusal)


def _read(known: Known) -> Iterator[BatchRecord]:
    """Return the lots behind; every one of them was found readable before."""
    for one in known.values():
        if one.is_a(RECORD_TYPE) and one.credential is not None:
            yield read_batch_record(one.credential.claims)


def _rules(lot: BatchRecord, sources: Mapping[str, BatchRecord]) -> Iterator[Problem]:
    made = _dates(lot).made
    if made < lot.production_date:
        yield Problem(
            "batch-harvest-after-packing",
            "%(lot)s was packed before it was harvested or made.",
            {"lot": lot.lot_number},
        )
    for one in lot.inputs:
        if not isinstance(one, LotInput):
            continue
        source = sources[one.record_sha256]
        if source.production_date > made:
            yield Problem(
                "batch-input-later",
                "%(lot)s went into a lot that is older.",
                {"lot": one.lot},
            )
    if Rule.ORDER not in lot.exceptions:
        yield from _disorder(lot, sources.values())
    yield from _imbalance(lot, sources)


def _imbalance(
    lot: BatchRecord, sources: Mapping[str, BatchRecord]
) -> Iterator[Problem]:
    """Recompute the balance; an exception covers the gaps it names and no other."""
    for gap in _shortfalls(lot, sources):
        if lot.override is None:
            yield _unbalanced(gap)
        elif not any(_admits(one, gap) for one in lot.override.shortfalls):
            yield _unbalanced(gap, code="override-false")


def _disorder(lot: BatchRecord, sources: Iterable[BatchRecord]) -> Iterator[Problem]:
    """Compare the work lots of one product came from; other goods begin anew."""
    for source in sources:
        same = source.product.link == lot.product.link
        if same and comes_after(source.stage, lot.stage, chains()):
            yield Problem(
                "chain-order",
                "%(lot)s comes from a later step (%(later)s) than the lot that was "
                "made of it (%(earlier)s).",
                {
                    "lot": source.lot_number,
                    "later": source.stage,
                    "earlier": lot.stage,
                },
            )


def _admits(signed: Shortfall, gap: Shortfall) -> bool:
    """Return whether a signed exception names this very gap, as large as it is."""
    named = (signed.rule, signed.lot, signed.unit) == (gap.rule, gap.lot, gap.unit)
    return named and signed.wanted >= gap.wanted


def _dates(lot: BatchRecord) -> Dates:
    return Dates(production=lot.production_date, packaging=lot.packaging_date)


def _shortfalls(
    lot: BatchRecord, sources: Mapping[str, BatchRecord]
) -> Iterator[Shortfall]:
    amounts = []
    for one in lot.inputs:
        source = sources[one.record_sha256] if isinstance(one, LotInput) else None
        net = source.product.net_content if source else None
        taken = measured(one.quantity, net)
        amounts.append(taken)
        if source is not None and isinstance(one, LotInput):
            gap = draw_shortfall(measured(source.quantity, net), [taken], lot=one.lot)
            if gap is not None:
                yield gap
    if amounts:
        gap = output_shortfall(measured(lot.quantity, lot.product.net_content), amounts)
        if gap is not None:
            yield gap


def _unbalanced(gap: Shortfall, code: str = "mass-balance") -> Problem:
    return Problem(
        code,
        "Quantities do not balance: %(available)s %(unit)s were there, %(wanted)s "
        "%(unit)s were used or made.",
        {
            "available": format(gap.available.normalize(), "f"),
            "wanted": format(gap.wanted.normalize(), "f"),
            "unit": gap.unit,
        },
    )
