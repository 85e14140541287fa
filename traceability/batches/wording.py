"""The fixed words of batches: states, stages of work, units."""

from datetime import date
from decimal import Decimal

from traceability.batches.errors import (
    ChainOrderError,
    MassBalanceError,
    WithdrawalDaysError,
)
from traceability.batches.models import BatchState
from traceability.batches.overrides import Rule
from traceability.core.errors import DomainError
from traceability.core.quantity import UNITS, Unit
from traceability.events.kinds import kinds
from traceability.events.vocabulary import Stage
from traceability.web.formats import day, number
from traceability.web.i18n import LazyText, language, lazy_gettext as _l

STATES: dict[str, LazyText] = {
    BatchState.DRAFT.value: _l("Draft"),
    BatchState.ISSUED.value: _l("Issued"),
    BatchState.HELD.value: _l("Held"),
    BatchState.RECALLED.value: _l("Recalled"),
}
STAGES: dict[str, LazyText] = {
    Stage.HARVEST.value: _l("Harvest or catch"),
    Stage.SLAUGHTER.value: _l("Slaughter"),
    Stage.PRIMARY_PROCESS.value: _l("Cleaning, sorting, drying"),
    Stage.MILLING.value: _l("Milling"),
    Stage.PROCESS.value: _l("Processing"),
    Stage.FERMENT.value: _l("Long fermentation"),
    Stage.PACK.value: _l("Packing"),
}
STATUSES: dict[str, LazyText] = {
    "held": _l("Held"),
    "recalled": _l("Recalled"),
    "released": _l("Released"),
}


RULES: dict[str, LazyText] = {
    Rule.MASS.value: _l("More comes out than went in"),
    Rule.ORDER.value: _l("Steps are out of order"),
    Rule.WITHDRAWAL.value: _l("Withdrawal days are not kept"),
}


def step_names() -> dict[str, str]:
    """Return what each kind of step is called in the language spoken."""
    return {one.id: one.name.in_language(language()) for one in kinds()}


def spoken(error: DomainError) -> DomainError:
    """Return a refusal with totals, days and steps as people here write them."""
    if isinstance(error, ChainOrderError):
        names = step_names()
        for place in ("first", "second"):
            error.params |= {
                place: names[str(error.params[f"{place}_kind"])],
                f"{place}_day": _day(error.params[f"{place}_day"]),
            }
    if isinstance(error, WithdrawalDaysError):
        for name in ("last_use", "harvested"):
            error.params |= {name: _day(error.params[name])}
    if isinstance(error, MassBalanceError):
        unit = UNITS[str(error.params["unit_code"])]
        error.params |= {
            "available": number(Decimal(str(error.params["available"]))),
            "wanted": number(Decimal(str(error.params["wanted"]))),
            "unit": unit.en if language() == "en" else unit.vi,
        }
    return error


def _day(text: object) -> str:
    return day(date.fromisoformat(str(text)))


def unit_choices() -> list[tuple[str, str]]:
    """Return units with their size where the name alone does not tell it."""
    return [(unit.code, _unit_text(unit)) for unit in UNITS.values()]


def _unit_text(unit: Unit) -> str:
    if language() == "en":
        return unit.en
    return "tạ (100 kg)" if unit.code == "DTN" else unit.vi
