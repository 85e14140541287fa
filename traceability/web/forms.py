"""Forms: read what was sent, keep what was typed, show errors beside the field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from traceability.core.errors import DomainError
from traceability.web.fields import typed
from traceability.web.i18n import gettext
from traceability.web.wording import worded

MAX_ROWS = 100
_ROW = re.compile(r"([a-z_]+)-(\d{1,3})-([a-z_]+)", re.ASCII)
Errors = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a repeating group, as templates see it."""

    prefix: str
    values: Mapping[str, Any]
    errors: Errors

    def name(self, field: str) -> str:
        """Return the input's name: ``inputs-0-lot``."""
        return f"{self.prefix}-{field}"

    def value(self, field: str) -> str:
        """Return what stands in the input."""
        return typed(self.values.get(field))

    def errors_of(self, field: str) -> list[str]:
        """Return the texts to show beside the input."""
        return _texts(self.errors.get(field))


class Form:
    """A schema, the values it starts with, and what a person made of them.

    Repeating groups are ``List(Nested(...))`` fields; their inputs are called
    ``inputs-0-lot``. Lines left wholly blank fall away.
    """

    def __init__(
        self, schema: Schema, initial: Mapping[str, Any] | None = None
    ) -> None:
        self.schema = schema
        self.data: dict[str, Any] = {}
        self.errors: list[str] = []
        self._values: Mapping[str, Any] = dict(initial or {})
        self._errors: dict[Any, Any] = {}

    def load(self, submitted: MultiDict[str, str]) -> bool:
        """Read a sent form into ``data``; return whether everything was in order."""
        self._values = self._grouped(submitted)
        try:
            self.data = self.schema.load(_filled(self._values), unknown=EXCLUDE)
        except ValidationError as error:
            found: Any = error.messages
            self._errors = {key: found[key] for key in found if key != "_schema"}
            self.errors = _texts(found.get("_schema"))
            return False
        return True

    def fail(self, error: DomainError) -> None:
        """Show a refusal of the domain: beside its field, else above the form."""
        text = gettext(error.message, **error.params)
        row = _ROW.fullmatch(error.field or "")
        if row and row[1] in self.schema.fields:
            group = self._errors.setdefault(row[1], {})
            group.setdefault(int(row[2]), {}).setdefault(row[3], []).append(text)
        elif error.field in self.schema.fields:
            self._errors.setdefault(error.field, []).append(text)
        else:
            self.errors.append(text)

    @property
    def failed(self) -> bool:
        """Return whether anything has to be put right."""
        return bool(self.errors or self._errors)

    def name(self, field: str) -> str:
        """Return the input's name; rows have the same method."""
        return field

    def value(self, field: str) -> str:
        """Return what stands in the input: typed by the person, else initial."""
        return typed(self._values.get(field))

    def values(self, field: str) -> list[str]:
        """Return what is chosen in a field that takes several."""
        found = self._values.get(field) or []
        return [str(one) for one in found]

    def errors_of(self, field: str) -> list[str]:
        """Return the texts to show beside the input."""
        found = self._errors.get(field)
        return [] if field in self._groups() else _texts(found)

    def rows(self, field: str, blank: int = 1) -> list[Row]:
        """Return the lines of a repeating group and some blank ones after them."""
        values: Sequence[Mapping[str, Any]] = self._values.get(field) or []
        errors = self._errors.get(field)
        by_line: Errors = errors if isinstance(errors, dict) else {}
        lines = [*values, *({} for _ in range(blank))][:MAX_ROWS]
        return [
            Row(f"{field}-{index}", line, by_line.get(index, {}))
            for index, line in enumerate(lines)
        ]

    def required(self, field: str) -> bool:
        """Return whether the field must be filled."""
        found = self.schema.fields.get(field)
        return bool(found is not None and found.required)

    def _groups(self) -> dict[str, fields.List[Any]]:
        return {
            name: field
            for name, field in self.schema.fields.items()
            if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested)
        }

    def _grouped(self, submitted: MultiDict[str, str]) -> dict[str, Any]:
        groups = self._groups()
        values: dict[str, Any] = {}
        for name, field in self.schema.fields.items():
            if name in groups:
                values[name] = _lines(name, submitted)
            elif isinstance(field, fields.List):
                values[name] = [one for one in submitted.getlist(name) if one]
            elif name in submitted:
                values[name] = submitted[name]
        return values


def _lines(group: str, submitted: MultiDict[str, str]) -> list[dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for key, value in submitted.items():
        match = _ROW.fullmatch(key)
        if match and match[1] == group:
            found.setdefault(int(match[2]), {})[match[3]] = value
    lines = (found[number] for number in sorted(found))
    return [line for line in lines if any(value.strip() for value in line.values())]


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out inputs without content, so that they count as missing."""
    filled: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, str):
            if value.strip():
                filled[name] = value
        elif isinstance(value, list):
            filled[name] = [
                _filled(one) if isinstance(one, dict) else one for one in value
            ]
    return filled


def _texts(found: Any) -> list[str]:
    if isinstance(found, str):
        return [worded(found)]
    if isinstance(found, dict):
        return [text for one in found.values() for text in _texts(one)]
    return [text for one in found or [] for text in _texts(one)]
