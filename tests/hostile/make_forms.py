"""The forms of a page as a browser sees them, filled in with a text of one's own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

DAY = "20/11/2026"


@dataclass
class Input:
    """One control: what it is called, its kind, and what may be chosen in it."""

    name: str
    kind: str
    attributes: Mapping[str, str]
    options: list[str] = field(default_factory=list)
    value: str = ""

    @property
    def longest(self) -> int:
        return int(self.attributes.get("maxlength") or 10_000)


@dataclass
class FoundForm:
    """One form that is sent: where to, and its controls."""

    action: str
    inputs: list[Input] = field(default_factory=list)

    def filled(self, text: str, known: Mapping[str, str]) -> dict[str, str]:
        """What a person sends who writes ``text`` wherever words may stand."""
        sent: dict[str, str] = {}
        for one in self.inputs:
            value = _value(one, text, known) if one.name else None
            if value is not None:
                sent.setdefault(one.name, value)
        return sent


def _value(one: Input, text: str, known: Mapping[str, str]) -> str | None:
    simple = one.name.rpartition("-")[2]
    if simple in known:
        return known[simple]
    fixed = {
        "hidden": one.value,
        "file": None,
        "checkbox": one.value if simple in {"roles", "scopes"} else None,
        "radio": one.value,
        "submit": None,
        "select": next((option for option in one.options if option), ""),
    }
    if one.kind in fixed:
        return fixed[one.kind]
    mode = one.attributes.get("inputmode", "")
    if mode == "numeric" and "/" in one.attributes.get("placeholder", ""):
        return one.value or DAY
    if mode in {"numeric", "decimal"}:
        return one.value or "3"
    return text if len(text) <= one.longest else one.value


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[FoundForm] = []
        self._open: FoundForm | None = None
        self._control: Input | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method", "get").lower() == "post":
            self._open = FoundForm(said.get("action", ""))
            self.found.append(self._open)
        elif tag == "option" and self._control is not None:
            self._control.options.append(said.get("value", ""))
        elif self._open is not None and tag in {"input", "select", "textarea"}:
            kind = said.get("type", "text") if tag == "input" else tag
            control = Input(
                said.get("name", ""), kind, said, value=said.get("value", "")
            )
            self._control = control
            self._open.inputs.append(control)

    def handle_data(self, data: str) -> None:
        if self._control is not None and self._control.kind == "textarea":
            self._control.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        if tag in {"select", "textarea"}:
            self._control = None


def forms_of(page: str) -> Iterator[FoundForm]:
    """The forms of a page that store something, but for signing out."""
    parser = _Forms()
    parser.feed(page)
    yield from (one for one in parser.found if one.action != "/sign-out")


def every_text(document: Any, schema: Any, text: str, known: Mapping[str, Any]) -> Any:
    """A body with ``text`` in every property that takes words, also optional ones."""
    if "$ref" in schema:
        named = schema["$ref"].rpartition("/")[2]
        return every_text(
            document, document["components"]["schemas"][named], text, known
        )
    for name in ("allOf", "anyOf", "oneOf"):
        if name in schema:
            return every_text(document, schema[name][0], text, known)
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {
            name: known.get(name, every_text(document, one, text, known))
            for name, one in schema.get("properties", {}).items()
            if known.get(name, "") is not None
        }
    if kind == "array":
        return [every_text(document, schema["items"], text, known)]
    return _plain(kind, schema, text)


def _plain(kind: str, schema: Any, text: str) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    numbers = {"integer": schema.get("minimum", 1), "number": 1, "boolean": True}
    if kind in numbers:
        return numbers[kind]
    if schema.get("format") == "date":
        return "2026-11-20"
    return "1" if "pattern" in schema else text[: schema.get("maxLength", 10_000)]
