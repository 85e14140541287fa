"""What a label says, in the words of Vietnamese goods labels.

The words are Vietnamese whatever the page's language is: goods sold in Viet Nam are
labelled in Vietnamese, and a sheet that is printed again must come out the same.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from traceability.labels.design import DEFAULT_DESIGN, Design, DesignPurpose, LabelField
from traceability.labels.serials import SERIAL_CHARACTERS, grouped

INVITATION = "Quét để kiểm tra nguồn gốc"
LOT_TOLD = "Số lô, hạn dùng: quét mã"
NO_BREAK = "\N{NO-BREAK SPACE}"
EXTRA = 10  # from here on each paragraph is chosen by itself, the lowest first


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFact:
    """A certificate that held on the production date and holds on the day of print."""

    public_id: str
    kind: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFacts:
    """What is true of every label of a run, whether its design shows it or not.

    ``stars`` are those of a recognition that is valid today and was valid on the
    production date, and so are the certificates; the caller knows. ``net_content`` is
    ready text: ``túi 5 kg``. ``responsible_name`` is only there where it is not the
    producer; ``address`` is then that party's.
    """

    product_name: str
    lot_number: str  # empty where scanning tells it: a stamp printed ahead of its lot
    production_date: date | None = None
    best_before: date | None = None
    expiry: date | None = None
    net_content: str = ""
    producer_name: str = ""
    stars: int | None = None
    brand: str = ""
    responsible_name: str = ""
    address: str = ""
    origin: str = ""
    ingredients: str = ""
    ethanol: str = ""
    usage: str = ""
    storage: str = ""
    warnings: str = ""
    certificates: tuple[CertificateFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One thing to say, and how far it may give way when room is short.

    ``most`` lines are kept before an ellipsis, all of them where it is ``None``; what
    has the highest ``give`` is left out first, 0 stays. A ``slot`` reserves one line
    for the serial: its text is as wide as any serial can be, and is never printed. A
    ``single`` paragraph would rather be a little smaller than take a second line.
    ``fields`` are what it says.
    """

    text: str
    bold: bool = False
    scale: float = 1.0
    most: int | None = None
    give: int = 0
    slot: bool = False
    single: bool = False
    fields: tuple[LabelField, ...] = ()


def paragraphs_of(
    facts: LabelFacts, design: Design = DEFAULT_DESIGN
) -> list[Paragraph]:
    """Return what the label says but for its serial, in the design's order."""
    return [one for one in laid_out_of(facts, design, None) if not one.slot]


def laid_out_of(
    facts: LabelFacts, design: Design, serial_prefix: str | None
) -> list[Paragraph]:
    """Return everything the label says; a prefix of ``None`` stands for no serial.

    Stars and net content share a line where they are neighbours. On the pack's label,
    which the law reads, nothing ends in an ellipsis.
    """
    told: list[Paragraph] = []
    for field in design.fields:
        if field is LabelField.SERIAL:
            told += [] if serial_prefix is None else [serial_slot(serial_prefix)]
            continue
        one = _paragraph(field, facts)
        if one is not None and design.purpose is DesignPurpose.LABEL:
            one = replace(one, most=None)
        if one is not None and told and {*told[-1].fields, field} == _SHARED:
            one = _joined(told.pop(), one)
        told += [] if one is None else [one]
    return told


def says(facts: LabelFacts, field: LabelField) -> bool:
    """Return whether there is anything to say for a field."""
    return field is LabelField.SERIAL or bool(_TEXTS[field](facts))


def serial_slot(prefix: str) -> Paragraph:
    """Return the place of the serial: a line as wide as the widest one."""
    widest = grouped("M" * SERIAL_CHARACTERS)
    text = _whole(prefix + widest)
    return Paragraph(text=text, most=1, slot=True, fields=(LabelField.SERIAL,))


def human_text(facts: LabelFacts, design: Design = DEFAULT_DESIGN) -> str:
    """Return the label's facts on one line, as a print shop's list shows them."""
    said = paragraphs_of(facts, design)
    texts = [one.text for one in said if LabelField.INVITATION not in one.fields]
    return " · ".join(texts).replace(NO_BREAK, " ")


def day_text(day: date) -> str:
    """Return ``22/11/2026``."""
    return f"{day:%d/%m/%Y}"


_BLANKS = re.compile(r"[ \t\r\n]+")
_SHARED = {LabelField.STARS, LabelField.NET_CONTENT}


def _paragraph(field: LabelField, facts: LabelFacts) -> Paragraph | None:
    text = _clean(_TEXTS[field](facts))
    if not text:
        return None
    return replace(_STYLES.get(field, _ALWAYS), text=text, fields=(field,))


def _clean(text: str) -> str:
    """Return a text as it can be set: composed letters, no ends of lines."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")


def _joined(one: Paragraph, other: Paragraph) -> Paragraph:
    text = f"{one.text} · {other.text}"
    return replace(one, text=text, fields=one.fields + other.fields)


def _ends(facts: LabelFacts) -> str:
    ends = facts.expiry or facts.best_before
    return _whole(f"HSD: {day_text(ends)}") if ends else ""


def _made(facts: LabelFacts) -> str:
    made = facts.production_date
    return _whole(f"NSX: {day_text(made)}") if made else ""


def _address(facts: LabelFacts) -> str:
    if facts.responsible_name:
        party = ", ".join(filter(None, (facts.responsible_name, facts.address)))
        return f"Chịu trách nhiệm: {party}"
    return _named("Địa chỉ", facts.address)


def _certificates(facts: LabelFacts) -> str:
    known = [f"{_KINDS.get(one.kind, '')} {one.number}" for one in facts.certificates]
    return " · ".join(text.strip() for text in known)


def _named(name: str, text: str) -> str:
    return f"{_whole(name)}: {text}" if text else ""


def _whole(text: str) -> str:
    return text.replace(" ", NO_BREAK)


# Ingredients or a warning cut short tells less than the truth: whole, or not at all.
_EXTRAS = (
    LabelField.WARNINGS,
    LabelField.INGREDIENTS,
    LabelField.ETHANOL,
    LabelField.ORIGIN,
    LabelField.ADDRESS,
    LabelField.STORAGE,
    LabelField.USE,
    LabelField.BRAND,
    LabelField.CERTIFICATES,
)
_RANK = Paragraph(text="", bold=True, most=1)
_ALWAYS = Paragraph(text="")
_STYLES = {
    LabelField.PRODUCT: Paragraph(text="", bold=True, scale=1.15, most=2),
    LabelField.STARS: _RANK,
    LabelField.NET_CONTENT: _RANK,
    LabelField.PRODUCER: Paragraph(text="", most=2, give=1),
    LabelField.INVITATION: Paragraph(text="", scale=0.9, most=2, give=2, single=True),
    **{
        field: Paragraph(text="", give=give)
        for give, field in enumerate(_EXTRAS, start=EXTRA)
    },
}
# Short: the kinds of certificates as packs name them; another kind is its number alone.
_KINDS = {
    "food_safety": "ATTP",
    "haccp": "HACCP",
    "iso22000": "ISO 22000",
    "vietgap": "VietGAP",
    "vietgahp": "VietGAHP",
    "globalgap": "GlobalG.A.P.",
    "organic": "Hữu cơ",
    "quality_declaration": "Tự công bố",
}
_TEXTS: dict[LabelField, Callable[[LabelFacts], str]] = {
    LabelField.PRODUCT: lambda facts: facts.product_name,
    LabelField.BRAND: lambda facts: _named("Nhãn hiệu", facts.brand),
    LabelField.STARS: lambda facts: (
        _whole(f"OCOP {facts.stars} sao") if facts.stars else ""
    ),
    LabelField.NET_CONTENT: lambda facts: facts.net_content,
    LabelField.CERTIFICATES: _certificates,
    LabelField.LOT: lambda facts: (
        _whole(f"Lô: {facts.lot_number}") if facts.lot_number else LOT_TOLD
    ),
    LabelField.PRODUCTION_DATE: _made,
    LabelField.EXPIRY: _ends,
    LabelField.ETHANOL: lambda facts: _named("Độ cồn", facts.ethanol),
    LabelField.INGREDIENTS: lambda facts: _named("Thành phần", facts.ingredients),
    LabelField.USE: lambda facts: _named("HDSD", facts.usage),
    LabelField.STORAGE: lambda facts: _named("Bảo quản", facts.storage),
    LabelField.WARNINGS: lambda facts: _named("Cảnh báo", facts.warnings),
    LabelField.PRODUCER: lambda facts: facts.producer_name,
    LabelField.ADDRESS: _address,
    LabelField.ORIGIN: lambda facts: _named("Xuất xứ", facts.origin),
    LabelField.INVITATION: lambda _facts: INVITATION,
}
