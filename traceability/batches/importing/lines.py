"""Read a file's rows into lots; every fault has its row and column. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from traceability.batches.drafts import InputDraft
from traceability.batches.importing.columns import INPUT_COLUMNS, MAX_INPUTS, places_of
from traceability.batches.importing.errors import (
    CellChoiceError,
    CellDayError,
    CellKindError,
    CellMergedError,
    CellMissingError,
    CellNumberError,
    CellTextError,
    ImportEmptyError,
    ImportTooLargeError,
)
from traceability.batches.importing.report import Fault, Report
from traceability.batches.importing.table import BLANK, MAX_ROWS, Cell, Row, Table
from traceability.batches.lots import own_lot_number
from traceability.core.errors import DomainError
from traceability.core.quantity import UNITS, Quantity, UnitError
from traceability.core.text import clean_text
from traceability.events.vocabulary import Stage

STAGE_WORDS = {
    "thu hoạch": Stage.HARVEST,
    "giết mổ": Stage.SLAUGHTER,
    "sơ chế": Stage.PRIMARY_PROCESS,
    "xay xát": Stage.MILLING,
    "chế biến": Stage.PROCESS,
    "ủ chượp": Stage.FERMENT,
    "đóng gói": Stage.PACK,
}
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_THOUSANDS = re.compile(r"[0-9]{1,3}\.[0-9]{3}", re.ASCII)
_VIETNAMESE_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII)
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_WHOLE_DIGITS = 15  # a workbook keeps no more of a number
_LONGEST = {"source": 400, "outside": 300, "outside_lot": 20}
_WORDS = {
    **{code.casefold(): code for code in UNITS},
    **{unit.vi.casefold(): unit.code for unit in UNITS.values()},
    "l": "LTR",
    "quintal": "DTN",
    "tonne": "TNE",
    "litre": "LTR",
    "piece": "H87",
    "pieces": "H87",
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row as a lot: product and site as written, the rest as values."""

    row: int
    product: str
    site: str
    lot_number: str
    production_date: date
    packaging_date: date | None
    best_before: date | None
    expiry: date | None
    quantity: Quantity
    variety: str
    stage: Stage | None
    inputs: tuple[InputDraft, ...]
    input_numbers: tuple[int, ...]  # which of the numbered columns each input is from


@dataclass(frozen=True, slots=True)
class BadLine:
    """What a row with bad cells names; nothing where that very cell is bad."""

    row: int
    product: str | None
    site: str | None


@dataclass(slots=True)
class Reading:
    """What was read so far: lots, and the report on them."""

    headers: Mapping[str, str] = field(default_factory=dict)  # field to its column
    lines: list[Line] = field(default_factory=list)
    bad_lines: list[BadLine] = field(default_factory=list)
    report: Report = field(default_factory=Report)
    digest: str = ""  # SHA-256 of the file


def read_lines(table: Table) -> Reading:
    """Read every row; what is wrong with rows stands in the report.

    Raises what is wrong with the file as a whole.
    """
    rows = iter(table.rows)
    header = next((row for row in rows if not row.blank), None)
    if header is None:
        raise ImportEmptyError("The file is empty.")
    names = [_header_text(cell) for cell in header.cells]
    places = places_of(names)
    reading = Reading({name: names[place].strip() for name, place in places.items()})
    for row in _filled(rows):
        _take(row, places, reading)
    _note_merged(table, header.number, names, reading)
    if not reading.report.rows:
        raise ImportEmptyError("There is no lot under the header.")
    return reading


def _header_text(cell: Cell) -> str:
    if cell.refusal is not None:
        raise cell.refusal
    return " ".join(cell.text.split())


def _filled(rows: Iterator[Row]) -> Iterator[Row]:
    count = 0
    for row in rows:
        if row.blank:
            continue
        count += 1
        if count > MAX_ROWS:
            raise ImportTooLargeError(
                "A file holds at most %(most)s lots; divide it.", most=MAX_ROWS
            )
        yield row


def _take(row: Row, places: Mapping[str, int], reading: Reading) -> None:
    report = reading.report
    report.rows += 1
    if row.hidden:
        report.hidden.append(row.number)
    if row.refusal is not None:
        report.faults.append(Fault(row.number, "", row.refusal))
        return
    line = _RowReader(row, places, reading).line()
    if line is not None:
        reading.lines.append(line)


def _note_merged(
    table: Table, header: int, names: Sequence[str], reading: Reading
) -> None:
    for one in table.merged:
        if one.last >= header:
            column = names[one.column] if one.column < len(names) else ""
            refusal = CellMergedError(
                "Cells are merged here. Separate them and fill each row."
            )
            reading.report.faults.append(Fault(one.first, column, refusal))


class _RowReader:
    """Reads the cells of one row, collecting what is wrong with each."""

    def __init__(self, row: Row, places: Mapping[str, int], reading: Reading) -> None:
        self._row = row
        self._places = places
        self._reading = reading
        self._sound = True

    def line(self) -> Line | None:
        """Return the row's lot, or nothing where a cell is at fault."""
        made = self._needed("production_date", _day)
        unit = self._needed("unit", self._unit)
        quantity = self._quantity("quantity", unit, needed=True)
        product = self._needed("product", _text)
        inputs = dict(self._inputs())
        site = self._read("site", _text)
        lot_number = self._read("lot_number", _lot_number)
        variety = self._read("variety", _text)
        packed = self._read("packaging_date", _day)
        best_before = self._read("best_before", _day)
        expiry = self._read("expiry", _day)
        stage = self._read("stage", _stage)
        if not (self._sound and made and quantity and product):
            named = "" if self._cell("site").blank else site
            self._reading.bad_lines.append(BadLine(self._row.number, product, named))
            return None
        return Line(
            row=self._row.number,
            product=product,
            site=site or "",
            lot_number=lot_number or "",
            production_date=made,
            packaging_date=packed,
            best_before=best_before,
            expiry=expiry,
            quantity=quantity,
            variety=variety or "",
            stage=stage,
            inputs=tuple(inputs.values()),
            input_numbers=tuple(inputs),
        )

    def _cell(self, name: str) -> Cell:
        place = self._places.get(name)
        if place is None or place >= len(self._row.cells):
            return BLANK
        return self._row.cells[place]

    def _read(self, name: str, read: Callable[[Cell], T]) -> T | None:
        """Return a cell's value, or nothing where it is blank or at fault."""
        cell = self._cell(name)
        if cell.blank:
            return None
        try:
            if cell.refusal is not None:
                raise cell.refusal
            return read(cell)
        except DomainError as refusal:
            self._refuse(name, refusal)
            return None

    def _needed(self, name: str, read: Callable[[Cell], T]) -> T | None:
        if self._cell(name).blank:
            self._refuse(name, CellMissingError("This must be filled in."))
        return self._read(name, read)

    def _refuse(self, name: str, refusal: DomainError) -> None:
        self._sound = False
        column = self._reading.headers.get(name, "")
        self._reading.report.faults.append(Fault(self._row.number, column, refusal))

    def _unit(self, cell: Cell) -> str:
        word = _text(cell)
        code = _WORDS.get(word.casefold())
        if code is None:
            raise UnitError("The unit %(unit)s is not known.", unit=word[:40])
        unit = UNITS[code]
        if word != code and (unit.factor != 1 or word.casefold() != unit.vi):
            self._reading.report.units[word] = code
        return code

    def _quantity(
        self, name: str, unit: str | None, *, needed: bool
    ) -> Quantity | None:
        read = self._needed if needed else self._read
        plain = read(name, _number)
        if plain is None or unit is None:
            return None
        try:
            return Quantity.parse(plain, unit)
        except DomainError as refusal:
            self._refuse(name, refusal)
            return None

    def _inputs(self) -> Iterator[tuple[int, InputDraft]]:
        for number in range(1, MAX_INPUTS + 1):
            names = [f"inputs-{number}-{one.field}" for one in INPUT_COLUMNS]
            if all(self._cell(name).blank for name in names):
                continue
            draft = self._input(number)
            if draft is not None:
                yield number, draft

    def _input(self, number: int) -> InputDraft | None:
        prefix = f"inputs-{number}-"
        unit = self._needed(f"{prefix}unit", self._unit)
        quantity = self._quantity(f"{prefix}amount", unit, needed=True)
        words = {
            name: self._read(f"{prefix}{name}", _longest(_LONGEST.get(name, 200))) or ""
            for name in ("source", "outside", "outside_lot", "supplier")
        }
        if quantity is None:
            return None
        draft = InputDraft(quantity=quantity, **words)
        try:
            draft.check(0)
        except DomainError as refusal:
            self._refuse(f"{prefix}{(refusal.field or '').rpartition('-')[2]}", refusal)
        return draft


def _longest(most: int) -> Callable[[Cell], str]:
    return lambda cell: _text(cell, most)


def _text(cell: Cell, most: int = 200) -> str:
    """Return a text; a whole number is taken by its digits where it shows them."""
    if cell.day is not None:
        raise CellKindError("The workbook made a day of this. Format it as text.")
    if cell.number is not None:
        whole = cell.number == cell.number.to_integral_value()
        if not whole or cell.formatted or cell.number.adjusted() >= _WHOLE_DIGITS:
            raise CellKindError(
                "The workbook made a number of this. Format it as text."
            )
        return format(cell.number.to_integral_value(), "f")
    text = clean_text(cell.text)
    if len(text) > most:
        raise CellTextError("Use at most %(most)s characters.", most=most)
    return text


def _lot_number(cell: Cell) -> str:
    return own_lot_number(_text(cell))


def _day(cell: Cell) -> date:
    """Return a day written in full; six or eight digits in a row are none."""
    if cell.day is not None:
        return cell.day
    text = "" if cell.number is not None else cell.text.strip()
    vietnamese, iso = _VIETNAMESE_DAY.fullmatch(text), _ISO_DAY.fullmatch(text)
    try:
        if vietnamese:
            return date(*(int(part) for part in reversed(vietnamese.groups())))
        if iso:
            return date(*(int(part) for part in iso.groups()))
    except ValueError:
        raise CellDayError("There is no such day.") from None
    raise CellDayError("Write the day as 22/11/2026 or 2026-11-22.")


def _number(cell: Cell) -> str:
    """Return a plain decimal; what could be read in two ways is refused."""
    if cell.day is not None:
        raise CellKindError("The workbook made a day of this. Format it as a number.")
    if cell.number is not None:
        return format(cell.number, "f")
    text = cell.text.strip()
    if _THOUSANDS.fullmatch(text):
        whole = text.replace(".", "")
        raise CellNumberError(
            "“%(text)s” could mean two numbers. Write %(whole)s, or %(decimal)s.",
            text=text,
            whole=whole,
            decimal=f"{text}0",
        )
    if not _NUMBER.fullmatch(text):
        raise CellNumberError(
            "Write a number without grouping and with a point, such as 1250.5."
        )
    return text


def _stage(cell: Cell) -> Stage:
    word = _text(cell).casefold()
    if word in STAGE_WORDS:
        return STAGE_WORDS[word]
    if word not in {*Stage}:
        choices = ", ".join(f"{stage} ({name})" for name, stage in STAGE_WORDS.items())
        raise CellChoiceError("This must be one of: %(choices)s.", choices=choices)
    return Stage(word)
