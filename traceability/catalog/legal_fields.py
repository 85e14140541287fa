"""What trace page, product passport and label have to say, and what is still missing.

Facts: ``data/legal_fields.csv`` (Circular 02/2024/TT-BKHCN article 6, Decree
37/2026/NĐ-CP articles 32 and 42; what was not seen in the law itself is marked
unconfirmed). What every lot brings by itself (dates, lot number, stages) is no gap of
the product.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from traceability.core.text import Bilingual

WITH_THE_LOT = "lot"
FOR_ALL = "all"


class Document(StrEnum):
    """Where the law wants something said of a product."""

    TRACE = "trace"
    PASSPORT = "passport"
    LABEL = "label"


class FieldState(StrEnum):
    """Whether something the law asks for is known."""

    FILLED = "filled"
    MISSING = "missing"
    IF_ANY = "if-any"  # empty, and only wanted of goods that have such a thing
    WITH_LOT = "with-lot"  # each lot, its events or its labels bring it


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalField:
    """One thing one law wants said."""

    document: Document
    group: str  # label group; "all" elsewhere
    code: str
    name: Bilingual
    law: Bilingual
    required: str  # "yes", "if-any" or "unknown"
    confirmed: bool  # read on a page of legal texts
    held_in: tuple[str, ...]  # what of the catalogue answers it, all of them


@dataclass(frozen=True, slots=True)
class FieldCheck:
    """One legal field and whether this product answers it."""

    field: LegalField
    state: FieldState
    wanting: tuple[str, ...]  # what of ``held_in`` is empty


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """Everything one document wants said of one product."""

    document: Document
    checks: tuple[FieldCheck, ...]

    @property
    def missing(self) -> tuple[FieldCheck, ...]:
        """Return what still has to be filled in."""
        return tuple(one for one in self.checks if one.state is FieldState.MISSING)


def checked(held: Collection[str], product_set: int | None) -> list[DocumentCheck]:
    """Return what each document wants, for what is held of a product.

    ``held`` names what is filled in (the words of ``held_in``); ``product_set`` is the
    number of its OCOP set, which decides about the label.
    """
    return [
        DocumentCheck(
            document,
            tuple(_check(field, held) for field in asked_of(document, product_set)),
        )
        for document in Document
    ]


def asked_of(document: Document, product_set: int | None) -> list[LegalField]:
    """Return what a document has to say of a product of an OCOP set."""
    groups = {FOR_ALL} | {
        code for code, sets in _label_groups().items() if product_set in sets
    }
    return [
        field
        for field in legal_fields()
        if field.document is document and field.group in groups
    ]


def _check(field: LegalField, held: Collection[str]) -> FieldCheck:
    if field.held_in == (WITH_THE_LOT,):
        return FieldCheck(field, FieldState.WITH_LOT, ())
    wanting = tuple(name for name in field.held_in if name not in held)
    if not wanting:
        return FieldCheck(field, FieldState.FILLED, ())
    needed = field.required == "yes"
    return FieldCheck(
        field, FieldState.MISSING if needed else FieldState.IF_ANY, wanting
    )


@cache
def legal_fields() -> tuple[LegalField, ...]:
    """Return every field, in the order of the documents."""
    with (_DATA / "legal_fields.csv").open(encoding="utf-8") as stream:
        return tuple(
            LegalField(
                document=Document(row["document"]),
                group=row["group"],
                code=row["id"],
                name=Bilingual(row["name_vi"], row["name_en"]),
                law=Bilingual(row["law_vi"], row["law_en"]),
                required=row["required"],
                confirmed=row["confirmed"] == "yes",
                held_in=tuple(row["held_in"].split()),
            )
            for row in csv.DictReader(stream)
        )


@cache
def _label_groups() -> dict[str, frozenset[int]]:
    with (_DATA / "label_groups.csv").open(encoding="utf-8") as stream:
        return {
            row["code"]: frozenset(map(int, row["sets"].split()))
            for row in csv.DictReader(stream)
        }


_DATA = files("traceability.catalog") / "data"
