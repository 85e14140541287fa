"""What a serial is worth: live, void, another batch's, unbound, unknown. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from traceability.batches.models import Batch
from traceability.core.ports import Mac
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.job import LabelKind
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid
from traceability.labels.serials import SerialNumber, is_genuine


class LabelStanding(StrEnum):
    """What a serial is worth for a batch."""

    LIVE = "live"
    VOID = "void"
    OTHER_BATCH = "other-batch"
    UNBOUND = "unbound"  # a blank stamp that is no batch's yet
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelState:
    """What is known of one serial; a label that exists names its run."""

    standing: LabelStanding
    run: LabelRun | None = None
    void: LabelVoid | None = None
    binding: LabelBinding | None = None  # of a blank stamp

    @property
    def batch_id(self) -> int | None:
        """Return the batch that the label is of, if it is any's."""
        if self.binding is not None:
            return self.binding.batch_id
        return self.run.batch_id if self.run else None

    @property
    def sealed(self) -> bool:
        """Return whether the label must carry a seal: without one it is suspect."""
        return self.run is not None and self.run.kind == LabelKind.SEALED


@dataclass(frozen=True, slots=True)
class Printed:
    """The run whose range holds a number, its void ranges, what binds the number."""

    run: LabelRun
    voids: Sequence[LabelVoid] = ()
    binding: LabelBinding | None = None

    @property
    def batch_id(self) -> int | None:
        """Return the batch that the number is of, if it is any's."""
        return self.binding.batch_id if self.binding else self.run.batch_id


def state_in(
    printed: Printed,
    batch: Batch | None,
    number: SerialNumber,
    mac_of: Callable[[str], Mac],
) -> LabelState:
    """Return what a number is worth for a batch, or for the one it is bound to.

    A link without a lot is on blank stamps alone: other numbers are unknown there.
    """
    run = printed.run
    blank = run.kind == LabelKind.BLANK
    product = run.facts["link"] if blank else batch.digital_link if batch else ""
    key = run.serial_key_id
    if not product or key is None:
        return LabelState(standing=LabelStanding.UNKNOWN)
    if not is_genuine(number, _product_of(product), mac_of(key)):
        return LabelState(standing=LabelStanding.UNKNOWN)
    index = number.index
    covering = (one for one in printed.voids if one.from_index <= index <= one.to_index)
    void = next(covering, None)
    return LabelState(
        standing=_standing(printed, batch, void),
        run=run,
        void=void,
        binding=printed.binding,
    )


def _standing(
    printed: Printed, batch: Batch | None, void: LabelVoid | None
) -> LabelStanding:
    of_batch = printed.batch_id
    if batch is not None and of_batch not in {None, batch.id}:
        return LabelStanding.OTHER_BATCH
    if void is not None:
        return LabelStanding.VOID
    return LabelStanding.UNBOUND if of_batch is None else LabelStanding.LIVE


@lru_cache(maxsize=1024)
def _product_of(link: str) -> str:
    """Return the product in a link, as serials are made for it."""
    return DigitalLink.parse(link).product_link().element_string()
