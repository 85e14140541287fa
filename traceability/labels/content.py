"""What a label says, in the order and words of Vietnamese goods labels.

The words are Vietnamese whatever the page's language is: goods sold in Viet Nam are
labelled in Vietnamese, and a sheet that is printed again must come out the same.
"""

from dataclasses import dataclass
from datetime import date

from traceability.labels.serials import SERIAL_CHARACTERS, grouped

INVITATION = "Quét để kiểm tra nguồn gốc"
LOT_TOLD = "Số lô, hạn dùng: quét mã"
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFacts:
    """What is true of every label of a run.

    ``stars`` are those of a recognition that is valid today and was valid on the
    production date; the caller knows. ``net_content`` is ready text: ``túi 5 kg``.
    """

    product_name: str
    lot_number: str  # empty where scanning tells it: a stamp printed ahead of its lot
    production_date: date | None = None
    best_before: date | None = None
    expiry: date | None = None
    net_content: str = ""
    producer_name: str = ""
    stars: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One thing to say, and how far it may give way when room is short.

    ``most`` lines are kept before an ellipsis, all of them where it is ``None``; what
    has the highest ``give`` is left out first, 0 stays. A ``slot`` reserves one line
    for the serial: its text is as wide as any serial can be, and is never printed. A
    ``single`` paragraph would rather be a little smaller than take a second line.
    """

    text: str
    bold: bool = False
    scale: float = 1.0
    most: int | None = None
    give: int = 0
    slot: bool = False
    single: bool = False


def paragraphs_of(facts: LabelFacts) -> list[Paragraph]:
    """Return what stands above the serial, most important first."""
    told = [
        Paragraph(text=facts.product_name, bold=True, scale=1.15, most=2),
        Paragraph(text=_rank(facts), bold=True, most=1),
        _lot(facts),
        *[Paragraph(text=_whole(text)) for text in _days(facts)],
        Paragraph(text=facts.producer_name, most=2, give=1),
    ]
    return [paragraph for paragraph in told if paragraph.text]


def invitation() -> Paragraph:
    """Return the words that ask the reader to scan."""
    return Paragraph(text=INVITATION, scale=0.9, most=2, give=2, single=True)


def serial_slot(prefix: str) -> Paragraph:
    """Return the place of the serial: a line as wide as the widest one."""
    widest = grouped("M" * SERIAL_CHARACTERS)
    return Paragraph(text=_whole(prefix + widest), most=1, slot=True)


def human_text(facts: LabelFacts) -> str:
    """Return the label's facts on one line, as a print shop's list shows them."""
    texts = [paragraph.text for paragraph in paragraphs_of(facts)]
    return " · ".join(texts).replace(NO_BREAK, " ")


def day_text(day: date) -> str:
    """Return ``22/11/2026``."""
    return f"{day:%d/%m/%Y}"


def _lot(facts: LabelFacts) -> Paragraph:
    if facts.lot_number:
        return Paragraph(text=_whole(f"Lô: {facts.lot_number}"))
    return Paragraph(text=LOT_TOLD)


def _rank(facts: LabelFacts) -> str:
    stars = f"OCOP {facts.stars} sao" if facts.stars else ""
    return " · ".join(part for part in (_whole(stars), facts.net_content) if part)


def _days(facts: LabelFacts) -> list[str]:
    ends = facts.expiry or facts.best_before
    made = [f"NSX: {day_text(facts.production_date)}"] if facts.production_date else []
    return [*made, *([f"HSD: {day_text(ends)}"] if ends else [])]


def _whole(text: str) -> str:
    return text.replace(" ", NO_BREAK)
