"""Let PostgreSQL's sequences go on after the highest id that is there."""

from sqlalchemy import Integer, Table, func, select, text
from sqlalchemy.orm import Session


def move_sequence(session: Session, table: Table) -> None:
    """Set the table's sequence after rows came with their ids; SQLite has none."""
    if session.get_bind().dialect.name != "postgresql":
        return
    key = table.autoincrement_column
    if key is None or not isinstance(key.type, Integer):
        return
    highest = session.scalar(select(func.max(key)))
    if highest is not None:
        session.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, :column), :value)"),
            {"table": table.name, "column": key.name, "value": highest},
        )
