"""Turn a violated constraint into the domain error it stands for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from traceability.core.errors import DomainError


@contextmanager
def translating(errors: Mapping[str, DomainError]) -> Iterator[None]:
    """Raise the error whose constraint was violated; others pass unchanged.

    Keys are constraint names (``uq_batch_product_id_lot_number``). SQLite names columns
    (``batch.product_id, batch.lot_number``), so both spellings are looked for.
    """
    try:
        yield
    except IntegrityError as violation:
        text = str(violation.orig)
        for name, error in errors.items():
            if name in text or _sqlite_spelling(name, text):
                raise error from violation
        raise


def _sqlite_spelling(name: str, text: str) -> bool:
    marker = "UNIQUE constraint failed: "
    if marker not in text:
        return False
    columns = text.partition(marker)[2].split(", ")
    table = columns[0].partition(".")[0]
    joined = "_".join(column.partition(".")[2].strip() for column in columns)
    return name == f"uq_{table}_{joined}"
