"""Small questions that are asked at every look-up, without the layers above."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler


class Question:
    """A statement of plain columns, compiled once for each engine.

    ``names`` are its bind parameters; values must be what drivers take as they are:
    text and whole numbers. Rows come as the driver gives them.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._compiled: dict[str, SQLCompiler] = {}

    def asked(self, session: Session, given: dict[str, Any]) -> Sequence[Any]:
        """Return the rows in the session's own view of the database."""
        connection = session.connection()
        name = connection.dialect.name
        compiled = self._compiled.get(name)
        if compiled is None:
            compiled = connection.dialect.statement_compiler(
                connection.dialect, self._statement
            )
            self._compiled[name] = compiled
        values: Any = compiled.construct_params(given)
        if compiled.positional:
            values = [values[one] for one in compiled.positiontup or ()]
        driver: Any = connection.connection.driver_connection
        rows: Sequence[Any] = (
            driver.cursor().execute(compiled.string, values).fetchall()
        )
        return rows
