"""Scratch codes for tests: hand them out, open the file as a print shop does."""

import io
import secrets
import zipfile
from typing import Any

from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import load_workbook

from traceability.core.permissions import Actor
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of, pepper_of
from traceability.labels.scratch.listing import CodeList
from traceability.labels.scratch.service import deliver, make_codes
from traceability.records.notary import notary_of
from traceability.web.context import Services

PASSWORD = "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV"


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
