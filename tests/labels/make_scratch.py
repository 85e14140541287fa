"""Scratch codes for tests: hand them out, open the file as a print shop does."""

import io
import secrets
import zipfile
from dataclasses import dataclass, field
from typing import Any

from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import load_workbook

from tests.conftest import FixedClock
from tests.labels.make_labels import SecretMac, Start
from traceability.core.permissions import Actor
from traceability.db.database import Database
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.models import LabelRun
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of, pepper_of
from traceability.labels.scratch.codes import ScratchCode
from traceability.labels.scratch.listing import CodeList
from traceability.labels.scratch.opening.service import Judged, reveal
from traceability.labels.scratch.service import MadeCodes, deliver, make_codes
from traceability.labels.stock import A4_24
from traceability.records.notary import notary_of
from traceability.web.context import Services

PASSWORD = "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV"
PEPPER = SecretMac(b"pepper of the tests", "pepper-1")
SHOP = "Nhà in mẫu"
WRONG = ScratchCode("ZZZZZZZZ")


def opened(file: bytes, password: str = PASSWORD) -> list[list[tuple[Any, ...]]]:
    """What a print shop sees: the rows of each workbook in the file."""
    books = []
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        for name in archive.namelist():
            locked = OOXMLFile(io.BytesIO(archive.read(name)))
            locked.load_key(password=password, verify_password=True)
            plain = io.BytesIO()
            locked.decrypt(plain, verify_integrity=True)
            rows = load_workbook(plain)["codes"].iter_rows(values_only=True)
            books.append(list(rows))
    return books


def codes_in(file: bytes, password: str = PASSWORD) -> list[str]:
    """The codes of a file in the order of the labels."""
    return [row[3] for book in opened(file, password) for row in book[1:]]


def hand_out(use: Services, row: RunRow, actor: Actor) -> list[str]:
    """Make a run's codes, hand them out to a print shop, and return them."""
    file = io.BytesIO()
    codes = CodeList(
        job=row.job,
        run_id=row.run.public_id,
        keys=label_keys_of(use),
        pepper=pepper_of(use),
        random_bits=secrets.randbits,
    )
    made = make_codes(codes, file, PASSWORD)
    with use.database.transaction() as session:
        deliver(session, row, made, "Nhà in mẫu", actor=actor, notary=notary_of(use))
    return codes_in(file.getvalue())


def spec(count: int = 3, *, kind: LabelKind = LabelKind.SERIAL) -> RunSpec:
    return RunSpec(kind=kind, count=count, stock=A4_24, scratch=True)


def counting(start: int = 1) -> Any:
    """Random bits that are none: each number is one more than the last."""
    numbers = iter(range(start, 1 << 30))
    return lambda _bits: next(numbers)


@dataclass
class PrintRoom:
    """Starts runs, hands out their codes, and scratches labels."""

    start: Start
    clock: FixedClock
    file: io.BytesIO = field(default_factory=io.BytesIO)

    @property
    def database(self) -> Database:
        return self.start.database

    def run(self, count: int = 3, *, kind: LabelKind = LabelKind.SERIAL) -> RunRow:
        return RunRow(self.start(spec(count, kind=kind)), self.start.batch)

    def make(self, row: RunRow, bits: Any = None) -> MadeCodes:
        codes = CodeList(
            job=row.job,
            run_id=row.run.public_id,
            keys=self.start.keys,
            pepper=PEPPER,
            random_bits=bits or counting(),
        )
        self.file = io.BytesIO()
        return make_codes(codes, self.file, PASSWORD)

    def deliver(
        self, row: RunRow, made: MadeCodes | None = None, to: str = SHOP
    ) -> None:
        kept = made or self.make(row)
        with self.database.transaction() as session:
            deliver(
                session,
                row,
                kept,
                to,
                actor=self.start.actor,
                notary=self.start.notary,
            )

    def codes(self) -> list[ScratchCode]:
        """What the first labels of a run got out of ``counting``."""
        bits = counting()
        return [ScratchCode.fresh(bits) for _ in range(3)]

    def scratch(self, row: RunRow, position: int, code: ScratchCode) -> Judged:
        first = row.run.first_index
        assert first is not None
        with self.database.transaction() as session:
            return reveal(
                session,
                session.get_one(LabelRun, row.run.id),
                first + position,
                code,
                pepper_of={PEPPER.key_id: PEPPER}.__getitem__,
                clock=self.clock,
            )
