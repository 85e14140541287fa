"""Every table there is, whichever of the rooms this process has read so far.

A backup, a copy and an examination are of all tables. Rooms are found by the name that
is reserved for tables, ``models``: this room knows none of those above it.
"""

from functools import cache
from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

from traceability.db.base import Base

_PACKAGE = Path(__file__).parents[1]


@cache
def all_metadata() -> MetaData:
    """Return the metadata of all tables; those of rooms not read yet are read now."""
    for file in sorted(_PACKAGE.rglob("models.py")):
        names = file.relative_to(_PACKAGE.parent).with_suffix("").parts
        import_module(".".join(names))
    return Base.metadata
