"""Find what a file's rows name, and check each row against every rule."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.accounts.models import AuditEntry, Organisation
from traceability.batches.assembly import lot_link
from traceability.batches.checking.queries import check_batch, check_usable
from traceability.batches.drafts import BatchDraft, InputDraft
from traceability.batches.errors import (
    LotTakenError,
    ProductRetiredError,
    SourceNotFoundError,
)
from traceability.batches.importing.balance import Balance
from traceability.batches.importing.errors import (
    CellMissingError,
    ImportRepeatedError,
    LotTwiceError,
    SourceInFileError,
)
from traceability.batches.importing.lines import BadLine, Line, Reading
from traceability.batches.importing.report import Fault
from traceability.batches.models import Batch, BatchInput, BatchState
from traceability.batches.queries import (
    InputRow,
    draws_on,
    source_of,
    suggested_number,
)
from traceability.batches.way.queries import exceptions_of
from traceability.catalog.drafts import ProductState
from traceability.catalog.errors import (
    ProductNotFoundError,
    SiteNotFoundError,
    SiteRetiredError,
)
from traceability.catalog.models import Product, Site
from traceability.catalog.queries import active_sites_of, products_of, sites_of
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.core.ids import new_id
from traceability.core.text import clean_text
from traceability.gs1.keys import Gtin, InternalCode

_CHUNK = 500
_PROGRESS = 500
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whose lots a file holds, and under what they are judged."""

    organisation: Organisation
    identity: Identity
    now: datetime
    today: date
    issue: bool = False  # they are to be signed at once: sources must be issued


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One sound row with what it names found."""

    line: Line
    product: Product
    site: Site
    number: str
    sources: tuple[Batch | None, ...]

    def batch(self, target: Target) -> Batch:
        """Return the lot as a row of its table, not stored and in no session."""
        line = self.line
        return Batch(
            public_id=new_id(),
            organisation_id=target.organisation.id,
            organisation=target.organisation,
            product_id=self.product.id,
            product=self.product,
            site_id=self.site.id,
            site=self.site,
            lot_number=self.number,
            digital_link=lot_link(target.identity, self.product, self.number),
            state=BatchState.DRAFT.value,
            production_date=line.production_date,
            packaging_date=line.packaging_date,
            best_before=line.best_before,
            expiry=line.expiry,
            amount=line.quantity.amount,
            unit=line.quantity.unit,
            variety=line.variety,
            stage=self._draft().born_by.value,
            override_reason="",
            override_order="",
            override_withdrawal="",
            created_at=target.now,
        )

    def inputs(self) -> list[InputRow]:
        """Return what goes in, not stored."""
        pairs = zip(self.line.inputs, self.sources, strict=True)
        return [
            InputRow(_input(place, draft, source), source)
            for place, (draft, source) in enumerate(pairs)
        ]

    def _draft(self) -> BatchDraft:
        return BatchDraft(
            product_id=self.product.id,
            site_id=self.site.id,
            production_date=self.line.production_date,
            packaging_date=self.line.packaging_date,
            quantity=self.line.quantity,
            stage=self.line.stage,
            inputs=self.line.inputs,
        )


def _input(place: int, draft: InputDraft, source: Batch | None) -> BatchInput:
    return BatchInput(
        position=place,
        source_id=source.id if source else None,
        outside=draft.outside,
        outside_lot=draft.outside_lot,
        supplier=draft.supplier,
        amount=draft.quantity.amount,
        unit=draft.quantity.unit,
    )


def check_lines(
    session: Session, reading: Reading, target: Target, progress: Progress | None = None
) -> list[Lot]:
    """Check every row that could be read; what is wrong joins the report.

    Nothing is stored. The lots stand in the order of the file.
    """
    _check_repeated(session, reading, target)
    finder = _Finder(session, target, reading)
    lots = []
    for done, line in enumerate(reading.lines, start=1):
        try:
            lots.append(finder.lot(line))
        except DomainError as refusal:
            fault = Fault(line.row, _column(refusal, line, reading), refusal)
            reading.report.faults.append(fault)
            if refusal.field == "product":  # what else can be known of the row
                finder.note_unknown(BadLine(line.row, None, line.site))
        if progress is not None and done % _PROGRESS == 0:
            progress(done)
    for bad in reading.bad_lines:
        finder.note_unknown(bad)
    return lots


def act_of(reading: Reading) -> tuple[str, str]:
    """Return what the audit trail says of an imported file: action and target."""
    return "batches-imported", f"import:{reading.digest}"


def _check_repeated(session: Session, reading: Reading, target: Target) -> None:
    """Note that a file was imported before, where its lots would be given new numbers.

    Lots with numbers of their own are refused one by one.
    """
    if all(line.lot_number for line in reading.lines):
        return
    action, subject = act_of(reading)
    before = session.scalar(
        select(AuditEntry.at).where(
            AuditEntry.organisation_id == target.organisation.id,
            AuditEntry.action == action,
            AuditEntry.target == subject,
        )
    )
    if before is not None:
        refusal = ImportRepeatedError("This very file has been imported before.")
        reading.report.faults.append(Fault(0, "", refusal))


def _column(refusal: DomainError, line: Line, reading: Reading) -> str:
    """Return the header over the cell that a refusal is about."""
    name = refusal.field or ""
    parts = name.split("-")
    if parts[0] == "inputs":
        place = int(parts[1]) if len(parts) > 1 else 0
        number = line.input_numbers[place] if line.input_numbers else 1
        field_name = {"quantity": "amount"}.get(parts[-1], parts[-1])
        field_name = "source" if field_name == "inputs" else field_name
        name = f"inputs-{number}-{field_name}"
    return reading.headers.get(name, "")


@dataclass(slots=True)
class _Finder:
    """Finds products, places, numbers and sources, each looked up once."""

    session: Session
    target: Target
    reading: Reading
    products: dict[str, Product] = field(init=False)
    sites: Sequence[Site] = field(init=False)
    sites_in_use: Sequence[Site] = field(init=False)
    numbers: set[str] = field(init=False)  # that the file gives itself
    taken: set[tuple[int, str]] = field(init=False)
    seen: dict[tuple[int, str], int] = field(default_factory=dict)
    counters: dict[tuple[int, date], int] = field(default_factory=dict)
    sources: dict[str, Batch | DomainError] = field(default_factory=dict)
    judged: set[tuple[object, ...]] = field(default_factory=set)  # nothing was wrong
    balance: Balance = field(init=False)

    def __post_init__(self) -> None:
        owner = self.target.organisation.id
        self.products = {str(one.key): one for one in products_of(self.session, owner)}
        self.sites = sites_of(self.session, owner)
        self.sites_in_use = active_sites_of(self.session, owner)
        self.numbers = {line.lot_number for line in self.reading.lines} - {""}
        self.taken = set(_taken(self.session, owner, self.numbers))
        self.balance = Balance(lambda id_: draws_on(self.session, id_, but=None))

    def lot(self, line: Line) -> Lot:
        """Return a row's lot. Raises the refusal of the first rule it breaks."""
        product = self._product(line.product)
        site = self._site(line.site)
        number = self._number(line, product)
        sources = tuple(
            self._source(draft, place) for place, draft in enumerate(line.inputs)
        )
        lot = Lot(line=line, product=product, site=site, number=number, sources=sources)
        self._check(lot)
        return lot

    def note_unknown(self, bad: BadLine) -> None:
        """Report the product and the place that a row names but nobody knows."""
        named = {
            "product": (bad.product, self._product),
            "site": (bad.site, self._site),
        }
        for name, (text, find) in named.items():
            try:
                if text is not None:
                    find(text)
            except DomainError as refusal:
                column = self.reading.headers.get(name, "")
                self.reading.report.faults.append(Fault(bad.row, column, refusal))

    def _check(self, lot: Lot) -> None:
        batch, inputs = lot.batch(self.target), lot.inputs()
        if self.target.issue:
            check_usable(inputs)
        draws, today = self.balance.draws, self.target.today
        check_batch(self.session, batch, inputs, today=today, draws=draws)
        if self.target.issue:
            self._check_way(batch, inputs)
        for row in inputs:
            if row.source is not None:
                self.balance.take(row.source.id, row.input.quantity)

    def _check_way(self, batch: Batch, inputs: Sequence[InputRow]) -> None:
        """Judge what is recorded of the way to a lot, as when one lot is issued.

        What a lot without inputs is judged by, many rows have in common. One with
        inputs is stored for a moment: its way leads through them.
        """
        if inputs:
            with self.session.begin_nested() as moment:
                self.session.add(batch)
                self.session.flush()
                for row in inputs:
                    row.input.batch_id = batch.id
                    self.session.add(row.input)
                self.session.flush()
                try:
                    exceptions_of(self.session, batch)
                finally:
                    moment.rollback()
            return
        days = (batch.production_date, batch.packaging_date)
        key = (batch.product_id, batch.site_id, batch.stage, days)
        if key not in self.judged:
            exceptions_of(self.session, batch)
            self.judged.add(key)

    def _product(self, text: str) -> Product:
        found = self.products.get(_key(text))
        if found is None:
            raise ProductNotFoundError("There is no such product.", field="product")
        if found.state != ProductState.ACTIVE.value:
            raise ProductRetiredError(
                "This product is no longer made.", field="product"
            )
        return found

    def _site(self, text: str) -> Site:
        if not text:
            if len(self.sites_in_use) == 1:
                return self.sites_in_use[0]
            raise CellMissingError("This must be filled in.", field="site")
        name = text.casefold()
        found = [
            one
            for one in self.sites
            if name == clean_text(one.name).casefold()
            or text in {one.gln_digits, one.public_id}
        ]
        if len(found) != 1:
            raise SiteNotFoundError("There is no such place.", field="site")
        if found[0] not in self.sites_in_use:
            raise SiteRetiredError("This place is no longer used.", field="site")
        return found[0]

    def _number(self, line: Line, product: Product) -> str:
        if not line.lot_number:
            return self._suggested(product, line.packaging_date or line.production_date)
        key = (product.id, line.lot_number)
        if key in self.taken:
            raise LotTakenError(
                "There is already a lot %(lot)s of this product.",
                field="lot_number",
                lot=line.lot_number,
            )
        if key in self.seen:
            raise LotTwiceError(
                "Row %(row)s has a lot %(lot)s of this product too.",
                field="lot_number",
                row=self.seen[key],
                lot=line.lot_number,
            )
        self.seen[key] = line.row
        return line.lot_number

    def _suggested(self, product: Product, day: date) -> str:
        """Return the next free number of a day, beside those the file gives itself."""
        if (product.id, day) not in self.counters:
            first = suggested_number(self.session, product, day)
            self.counters[product.id, day] = int(first.rpartition("-")[2])
        while True:
            counter = self.counters[product.id, day]
            self.counters[product.id, day] += 1
            number = f"{day:%y%m%d}-{counter:02d}"
            if number not in self.numbers:
                return number

    def _source(self, draft: InputDraft, place: int) -> Batch | None:
        if not draft.source:
            return None
        field_name = f"inputs-{place}-source"
        if draft.source not in self.sources:
            self.sources[draft.source] = self._found(draft.source, field_name)
        found = self.sources[draft.source]
        if isinstance(found, DomainError):
            raise type(found)(found.message, field=field_name, **found.params)
        return found

    def _found(self, text: str, field_name: str) -> Batch | DomainError:
        owner = self.target.organisation.id
        try:
            return source_of(self.session, text, owner=owner, field=field_name)
        except SourceNotFoundError as refusal:
            if text.upper() in self.numbers:
                return SourceInFileError(
                    "Lot %(lot)s is made by this file. Import it first, then what is"
                    " made of it.",
                    lot=text,
                )
            return refusal


def _key(text: str) -> str:
    """Return a product's key as it is stored. Raises what is wrong with it."""
    try:
        if text.isascii() and text.isdecimal():
            return str(Gtin.parse(text))
        return str(InternalCode.parse(text.upper()))
    except DomainError as refusal:
        refusal.field = "product"
        raise


def _taken(
    session: Session, owner: int, numbers: Iterable[str]
) -> Iterator[tuple[int, str]]:
    wanted = sorted(numbers)
    for begin in range(0, len(wanted), _CHUNK):
        rows = session.execute(
            select(Batch.product_id, Batch.lot_number).where(
                Batch.organisation_id == owner,
                Batch.lot_number.in_(wanted[begin : begin + _CHUNK]),
            )
        )
        yield from ((row.product_id, row.lot_number) for row in rows)
