"""What a producer fills in, as values: a batch before it is stored, a reason given."""

from dataclasses import dataclass
from datetime import date

from traceability.batches.errors import (
    InputShapeError,
    LotFormatError,
    ReasonMissingError,
)
from traceability.batches.overrides import FIELDS, Rule
from traceability.batches.rules import Dates
from traceability.core.errors import DomainError
from traceability.core.quantity import Quantity
from traceability.events.vocabulary import Stage
from traceability.gs1.charset import LotNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDraft:
    """One input: either ``source`` (a lot) or ``outside`` (words) is filled.

    ``source`` is a lot's link as printed, its public id, or an own lot number.
    """

    quantity: Quantity
    source: str = ""
    outside: str = ""
    outside_lot: str = ""
    supplier: str = ""

    def check(self, place: int) -> None:
        """Refuse an input that is both lot and words, or a lot number GS1 forbids."""
        if bool(self.source) == bool(self.outside):
            raise InputShapeError(
                "Give either a lot or the name of an outside source.",
                field=f"inputs-{place}-source",
            )
        try:
            LotNumber.parse(self.outside_lot or "0")
        except DomainError:
            raise LotFormatError(
                "This lot number holds characters that GS1 does not allow.",
                field=f"inputs-{place}-outside_lot",
            ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDraft:
    """A batch as typed and parsed; an empty lot number asks for a suggestion."""

    product_id: int
    site_id: int
    lot_number: str = ""
    production_date: date
    packaging_date: date | None = None
    best_before: date | None = None
    expiry: date | None = None
    quantity: Quantity
    variety: str = ""
    stage: Stage | None = None
    inputs: tuple[InputDraft, ...] = ()
    override_reason: str = ""  # of the balance
    override_order: str = ""
    override_withdrawal: str = ""

    @property
    def overrides(self) -> dict[Rule, str]:
        """Return the reasons given for exceptions, by rule."""
        return {rule: getattr(self, field) for rule, field in FIELDS.items()}

    @property
    def dates(self) -> Dates:
        """Return the lot's days."""
        return Dates(
            production=self.production_date,
            packaging=self.packaging_date,
            best_before=self.best_before,
            expiry=self.expiry,
        )

    @property
    def born_by(self) -> Stage:
        """Return the stage said, else the likeliest one."""
        if self.stage is not None:
            return self.stage
        if not self.inputs:
            return Stage.HARVEST
        return Stage.PACK if self.packaging_date else Stage.PROCESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Why a lot is held, recalled or released, and what buyers should do."""

    reason_vi: str
    reason_en: str = ""
    advice_vi: str = ""
    advice_en: str = ""
    contact: str = ""

    def __post_init__(self) -> None:
        if not self.reason_vi.strip():
            raise ReasonMissingError("Say why.", field="reason_vi")
