"""Read what is recorded of the way to a lot, and judge it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.batches.models import Batch, BatchInput, BatchState
from traceability.batches.overrides import (
    Fault,
    OrderFault,
    Rule,
    RuleOverride,
    Step,
    WithdrawalFault,
)
from traceability.batches.queries import genealogy
from traceability.batches.way.order import (
    PACK,
    LotSteps,
    chains_for,
    check_order,
    missing_steps,
    order_faults,
)
from traceability.batches.way.withdrawal import (
    Harvest,
    Use,
    check_withdrawal,
    withdrawal_faults,
)
from traceability.core.canonical import Json
from traceability.core.clock import day_in_vietnam
from traceability.core.quantity import Quantity
from traceability.events.kinds import GROWING, MAKES_LOT
from traceability.events.models import TraceEvent
from traceability.events.queries import (
    CapturedEvent,
    before_harvest,
    elements_by_event,
    events_of,
    events_of_lots,
)

FROM_LIFE = frozenset({"harvest", "slaughter"})
_ELSEWHERE = frozenset({"planting", "raising", "harvest", "slaughter", "collect"})
_GONE = ("loss", "sample_qty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the rules find on the way to a lot."""

    order: Sequence[OrderFault]
    withdrawal: Sequence[WithdrawalFault]
    missing: Sequence[str]  # kinds of steps its chain has and nobody recorded


def judge(session: Session, batch: Batch) -> Judgement:
    """Return what is out of order, too early or not recorded on the way to a lot."""
    behind = [one.batch for one in genealogy(session, batch).ancestors]
    steps = _steps_of(session, [batch, *behind])
    early = {
        one.id: before_harvest(
            session, one.digital_link, site_id=one.site_id, day=one.production_date
        )
        for one in (batch, *behind)
        if one.organisation_id == batch.organisation_id
        and steps[one.id].birth.kind in FROM_LIFE
    }
    chains = chains_for(batch.product.ocop_set)
    sources = [steps[one.id] for one in behind]
    lot = _with_growing(steps[batch.id], early.get(batch.id, ()))
    return Judgement(
        order=order_faults(lot, sources, chains),
        withdrawal=withdrawal_faults(_harvests(session, batch, behind, early)),
        missing=missing_steps(_kinds(session, steps, early), lot.birth.kind, chains),
    )


def exceptions_of(session: Session, batch: Batch) -> tuple[RuleOverride, ...]:
    """Return the exceptions a lot's producer answers for.

    Raises ``ChainOrderError`` or ``WithdrawalDaysError`` where no reason is given.
    """
    found, reasons = judge(session, batch), batch.overrides
    check_order(found.order, reason=reasons.get(Rule.ORDER, ""))
    check_withdrawal(found.withdrawal, reason=reasons.get(Rule.WITHDRAWAL, ""))
    by_rule: dict[Rule, Sequence[Fault]] = {
        Rule.ORDER: found.order,
        Rule.WITHDRAWAL: found.withdrawal,
    }
    return tuple(
        RuleOverride(rule=rule, reason=reasons[rule], faults=tuple(faults))
        for rule, faults in by_rule.items()
        if faults
    )


def gone_of(session: Session, batch: Batch) -> list[Quantity]:
    """Return what is recorded as lost or taken as samples while a lot was made."""
    events = [
        one.event
        for one in events_of(session, batch.digital_link)
        if not one.event.wrong
        and one.part in {"output", "object"}
        and one.event.organisation_id == batch.organisation_id
    ]
    elements = elements_by_event(session, events) if events else {}
    return [
        Quantity.parse(value["value"], value["unitCode"])
        for values in elements.values()
        for name in _GONE
        if (value := values.get(name))
    ]


def _steps_of(session: Session, lots: Sequence[Batch]) -> dict[int, LotSteps]:
    """Return each lot's birth and the other steps recorded of it.

    Only what producers on the way wrote down: anybody may say that a lot reached them,
    and none of that may keep its producer from issuing or correcting.
    """
    ids = {one.digital_link: one.id for one in lots}
    owners = {one.organisation_id for one in lots}
    seen: dict[int, list[CapturedEvent]] = defaultdict(list)
    for one in events_of_lots(session, ids):
        if one.event.wrong or one.event.organisation_id not in owners:
            continue
        if one.part != "input" and one.lot in ids:
            seen[ids[one.lot]].append(one)
    return {one.id: _lot_steps(one, seen[one.id]) for one in lots}


def _lot_steps(lot: Batch, events: Iterable[CapturedEvent]) -> LotSteps:
    link = lot.digital_link
    steps = [_step(one.event, link) for one in events]
    told = next((one.kind for one in steps if one.kind in MAKES_LOT), lot.stage)
    # What is signed about a lot goes before what was written down before its issue.
    born = told if lot.state == BatchState.DRAFT.value else lot.stage
    packed = lot.packaging_date
    day = packed if born == PACK and packed else lot.production_date
    others = [one for one in steps if one.kind not in MAKES_LOT]
    if packed is not None and born != PACK:
        others.append(Step(PACK, link, packed))
    return LotSteps(
        product=lot.product.public_id, birth=Step(born, link, day), others=others
    )


def _step(event: TraceEvent, lot: str) -> Step:
    return Step(event.stage, lot, day_in_vietnam(event.event_time))


def _with_growing(lot: LotSteps, early: Iterable[CapturedEvent]) -> LotSteps:
    """Return a harvested lot with planting and raising before it among its steps."""
    grown = [_step(one.event, lot.birth.lot) for one in early]
    return LotSteps(product=lot.product, birth=lot.birth, others=[*lot.others, *grown])


def _harvests(
    session: Session,
    batch: Batch,
    behind: Sequence[Batch],
    early: dict[int, list[CapturedEvent]],
) -> list[Harvest]:
    """Return the harvests to judge: not those whose record has an exception signed."""
    uses = {
        one.event.id: one.event
        for events in early.values()
        for one in events
        if one.event.stage in GROWING
    }
    elements = elements_by_event(session, list(uses.values())) if uses else {}
    return [
        Harvest(
            lot=lot.digital_link,
            day=lot.production_date,
            uses=[
                use
                for one in early[lot.id]
                if (use := _use(one.event, elements[one.event.id]))
            ],
        )
        for lot in (batch, *behind)
        if lot.id in early and (lot.id == batch.id or not lot.override_withdrawal)
    ]


def _use(event: TraceEvent, values: Mapping[str, Json]) -> Use | None:
    if not values.get("withdrawal_days"):
        return None
    days = Decimal(str(values["withdrawal_days"])).to_integral_value(ROUND_CEILING)
    told = values.get("last_use_date")
    last = date.fromisoformat(told) if told else day_in_vietnam(event.event_time)
    return Use(last=last, days=int(days))


def _kinds(
    session: Session,
    steps: dict[int, LotSteps],
    early: dict[int, list[CapturedEvent]],
) -> set[str]:
    """Return the kinds of steps on the way; what came from outside did the early ones.

    A registered site is the ``farm_setup`` of this service.
    """
    kinds = {"farm_setup"}
    for lot in steps.values():
        kinds |= {lot.birth.kind, *(one.kind for one in lot.others)}
    kinds |= {one.event.stage for events in early.values() for one in events}
    outside = session.scalar(
        select(BatchInput.id)
        .where(BatchInput.batch_id.in_(steps), BatchInput.outside != "")
        .limit(1)
    )
    return kinds | _ELSEWHERE if outside is not None else kinds
