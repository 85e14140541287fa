"""The fixed words of batches: states, stages of work, units."""

from decimal import Decimal

from traceability.batches.errors import MassBalanceError
from traceability.batches.models import BatchState
from traceability.core.errors import DomainError
from traceability.core.quantity import UNITS, Unit
from traceability.events.vocabulary import Stage
from traceability.web.formats import number
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


def spoken(error: DomainError) -> DomainError:
    """Return a refusal with its totals written as people here write them."""
    if isinstance(error, MassBalanceError):
        unit = UNITS[str(error.params["unit_code"])]
        error.params |= {
            "available": number(Decimal(str(error.params["available"]))),
            "wanted": number(Decimal(str(error.params["wanted"]))),
            "unit": unit.en if language() == "en" else unit.vi,
        }
    return error


def unit_choices() -> list[tuple[str, str]]:
    """Return units with their size where the name alone does not tell it."""
    return [(unit.code, _unit_text(unit)) for unit in UNITS.values()]


def _unit_text(unit: Unit) -> str:
    if language() == "en":
        return unit.en
    return "tạ (100 kg)" if unit.code == "DTN" else unit.vi
