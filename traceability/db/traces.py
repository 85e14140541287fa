"""What a computation read, so that it can be told whether it would read the same."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

Statement = tuple[str, Any]
_ROOM = 64  # bytes of a value that is neither text nor bytes


@dataclass(slots=True)
class Trace:
    """The statements of a computation and the rows they gave, as the driver saw them.

    Whoever computes from these rows and nothing else comes to the same result as long
    as they are the same: what is asked next hangs on what was read before.
    """

    statements: list[Statement] = field(default_factory=list)
    rows: list[Sequence[Any]] | None = None
    size: int = 0  # about how many bytes the rows take

    def holds(self, session: Session) -> bool:
        """Return whether a session reads the same rows now."""
        return self.rows is not None and _read(session, self.statements) == self.rows


@contextmanager
def tracing(session: Session) -> Iterator[Trace]:
    """Note what a session reads inside the block; read it again at its end.

    The session must see one state of the database, as ``Database.reading`` gives it.
    """
    trace, connection = Trace(), session.connection()

    def note(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any
    ) -> None:
        if not statement.startswith(("BEGIN", "SET ", "SHOW ")):
            one = (statement, parameters)
            if one not in trace.statements:
                trace.statements.append(one)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield trace
    finally:
        event.remove(connection, "before_cursor_execute", note)
    trace.rows = _read(session, trace.statements)
    trace.size = _ROOM * len(trace.statements) + sum(
        len(value) if isinstance(value, str | bytes) else _ROOM
        for rows in trace.rows
        for row in rows
        for value in row
    )


def _read(session: Session, statements: Sequence[Statement]) -> list[Sequence[Any]]:
    """Return the rows of each statement, without the cost of the layers above."""
    connection: Any = session.connection().connection.driver_connection
    if hasattr(connection, "pipeline"):  # psycopg: one journey for all
        return _read_at_once(connection, statements)
    cursor = connection.cursor()
    return [cursor.execute(*one).fetchall() for one in statements]


def _read_at_once(
    connection: Any, statements: Sequence[Statement]
) -> list[Sequence[Any]]:
    cursors = []
    with connection.pipeline():
        for statement in statements:
            cursor = connection.cursor()
            cursor.execute(*statement)
            cursors.append(cursor)
    return [cursor.fetchall() for cursor in cursors]
