"""A label before anything is printed: its problems are told, not raised."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from traceability.core.errors import DomainError
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.content import LabelFacts
from traceability.labels.design import LabelField
from traceability.labels.errors import (
    Alternative,
    LabelTooSmallError,
    SealRefusedError,
)
from traceability.labels.job import PrintJob, RunSpec, Suits
from traceability.labels.layout import LabelLayout
from traceability.labels.legal import Missing, missing_from, unfit_of
from traceability.labels.seal import SealFacts
from traceability.labels.stock import Stock
from traceability.labels.writers.preview import render_picture

SAMPLE_LINK = "/01/09520000000004/10/LO-MAU-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A label that nobody printed yet and everything to know about it.

    ``unfit`` is what the law asks, the design shows and the label has no room for.
    """

    job: PrintJob
    layout: LabelLayout | None
    refusal: DomainError | None
    missing: tuple[Missing, ...]
    unfit: tuple[Missing, ...]
    fitting: tuple[Alternative, ...]

    @property
    def left_out(self) -> list[LabelField]:
        """Return what the design shows and the label has no room for, in its order."""
        gone = self.layout.left_out if self.layout else frozenset()
        return [one for one in self.job.spec.design.fields if one in gone]

    @property
    def shortened(self) -> list[LabelField]:
        """Return what ends in an ellipsis, in the design's order."""
        cut = self.layout.shortened if self.layout else frozenset()
        return [one for one in self.job.spec.design.fields if one in cut]

    @property
    def elsewhere(self) -> frozenset[str]:
        """Return what was ticked as said elsewhere on the pack."""
        return self.job.spec.elsewhere


def preview_of(
    job: PrintJob, product_set: int | None, own: Iterable[Stock] = ()
) -> Preview:
    """Return a job's label as it would be printed, or why it cannot be.

    What would fit is named of built-in stock and of one's ``own``.
    """
    design, layout, refusal = job.spec.design, None, None
    try:
        layout = job.laid_out()
    except (LabelTooSmallError, SealRefusedError) as error:
        refusal = error
    unfit = layout.unfit if layout else frozenset()
    missing = missing_from(job.facts, design, product_set, unfit)
    too_long = unfit_of(missing, design, job.spec.elsewhere)
    return Preview(
        job=job,
        layout=layout,
        refusal=refusal,
        missing=tuple(missing),
        unfit=tuple(too_long),
        fitting=tuple(
            job.fitting(own, holding(job, product_set)) if refusal or too_long else ()
        ),
    )


def holding(job: PrintJob, product_set: int | None) -> Suits:
    """Return whether a layout has room for all that the law asks of a job's label."""
    facts, spec = job.facts, job.spec

    def holds(layout: LabelLayout) -> bool:
        missing = missing_from(facts, spec.design, product_set, layout.unfit)
        return not unfit_of(missing, spec.design, spec.elsewhere)

    return holds


def render_preview(job: PrintJob) -> bytes:
    """Return the label as PNG; its serial and seal are no real ones.

    Raises ``LabelTooSmallError`` and ``SealRefusedError``.
    """
    return render_picture(job.layout(), job.sample())


def sample_job(spec: RunSpec, origin: str, today: date) -> PrintJob:
    """Return a job for a producer who has no lot yet to show a design on."""
    facts = LabelFacts(
        product_name="Tên sản phẩm (mẫu)",
        lot_number="LO-MAU-01",
        production_date=today,
        expiry=today + timedelta(days=365),
        net_content="Túi 500 g",
        producer_name="Hợp tác xã (mẫu)",
        stars=4,
        brand="Nhãn hiệu (mẫu)",
        address="Xã (mẫu), tỉnh (mẫu)",
        origin="Việt Nam",
        ingredients="Nguyên liệu (mẫu) 100%",
        usage="Dùng trực tiếp",
        storage="Để nơi khô ráo, thoáng mát",
        warnings="Không dùng khi bao bì bị rách",
    )
    return PrintJob(
        spec=spec,
        lot=DigitalLink.parse(f"{origin}{SAMPLE_LINK}"),
        first_index=0,
        serial_key_id=None,
        facts=facts,
        sealed_facts=SealFacts(production_date=today, expiry=None, stars=4),
    )
