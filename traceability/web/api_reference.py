"""The OpenAPI document as people read it: operations, fields, an example. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

JSON = "application/json"
KEY_HEADER = '-H "Authorization: Bearer $KEY"'
_DAY, _DECIMAL = "2026-11-20", "100"
_WORDS = {"string": "text", "date": "day", "decimal": "amount as text"}
_NAMED = {
    "cursor": "",
    "email": "htx@example.com",
    "login": "nguoi.moi@example.com",
    "link": "$LINK",
    "subject": "$LINK",
}
_SHELL = {"public_id": "$ID", "product": "$PRODUCT", "site": "$SITE", "batch": "$BATCH"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One member of a body or an answer, or one parameter."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation, ready to be shown."""

    id: str
    method: str
    path: str
    summary: str
    scope: str  # empty: open to everybody
    query: tuple[Field, ...]
    body: tuple[Field, ...]
    answer: tuple[Field, ...]
    answer_type: str
    statuses: tuple[str, ...]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The operations of one kind of thing."""

    name: str
    about: str
    operations: tuple[Operation, ...]


def groups_of(document: Mapping[str, Any]) -> list[Group]:
    """Return the document's operations by tag, in the order of its tags."""
    book = _Book(document)
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            if method != "parameters":
                operation = book.operation(method, path, methods, said)
                found.setdefault(said["tags"][0], []).append(operation)
    return [
        Group(
            name=tag["name"],
            about=tag.get("description", ""),
            operations=tuple(found[tag["name"]]),
        )
        for tag in document["tags"]
        if tag["name"] in found
    ]


class _Book:
    """Looks things up in one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas: Mapping[str, Any] = document["components"]["schemas"]
        self._origin: str = document["servers"][0]["url"]

    def operation(
        self, method: str, path: str, place: Mapping[str, Any], said: Mapping[str, Any]
    ) -> Operation:
        parameters = [*place.get("parameters", []), *said.get("parameters", [])]
        query = [one for one in parameters if one["in"] == "query"]
        kind, body = self._sent(said)
        answer_type, answer = self._answered(said)
        scopes = said["security"][0].values() if said.get("security") else []
        return Operation(
            id=said["operationId"],
            method=method.upper(),
            path=path,
            summary=said["summary"],
            scope=next((scope[0] for scope in scopes), ""),
            query=tuple(_parameter(one) for one in query),
            body=tuple(self._fields(body)),
            answer=tuple(self._fields(answer)),
            answer_type=answer_type,
            statuses=tuple(sorted(map(str, said["responses"]))),
            curl=self._curl(method, path, said, query, kind, body),
        )

    def _sent(self, said: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        content = said.get("requestBody", {}).get("content", {})
        return next(((kind, one["schema"]) for kind, one in content.items()), ("", {}))

    def _answered(self, said: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        for status, response in said["responses"].items():
            if str(status).startswith("2"):
                for kind, one in response.get("content", {}).items():
                    return kind, one.get("schema", {})
        return "", {}

    def _whole(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a schema itself, behind its reference."""
        for one in schema.get("allOf", schema.get("anyOf", [])):
            if "$ref" in one:
                return self._whole(one)
        name = schema.get("$ref", "").rpartition("/")[2]
        found: Mapping[str, Any] = self._schemas[name] if name else schema
        return found

    def _fields(self, schema: Mapping[str, Any]) -> Iterator[Field]:
        whole = self._whole(schema)
        required = whole.get("required", [])
        for name, one in whole.get("properties", {}).items():
            yield Field(
                name=name,
                kind=self._kind(one),
                required=name in required,
                about=one.get("description", ""),
            )

    def _kind(self, schema: Mapping[str, Any]) -> str:
        """Return in words what a value is: ``[{source, quantity}]``, ``a | b``, day."""
        if "enum" in schema:
            return " | ".join(str(one) for one in schema["enum"] if one is not None)
        if schema.get("type") == "array":
            return f"[{self._kind(schema['items'])}]"
        whole = self._whole(schema)
        if "properties" in whole:
            return "{" + ", ".join(whole["properties"]) + "}"
        return _worded(schema)

    def _curl(
        self,
        method: str,
        path: str,
        said: Mapping[str, Any],
        query: list[Mapping[str, Any]],
        kind: str,
        body: Mapping[str, Any],
    ) -> str:
        """Return a command that works once its ``$NAMES`` are set."""
        asked = {
            one["name"]: _example(one["name"], one["schema"])
            for one in query
            if one.get("required")
        }
        filled = path.replace("{", "$").replace("}", "").replace("$public_id", "$ID")
        address = (
            self._origin + filled + (f"?{urlencode(asked, safe='$')}" if asked else "")
        )
        parts = ["curl" if method == "get" else f"curl -X {method.upper()}"]
        if said.get("security"):
            parts.append(KEY_HEADER)
        if kind == JSON:
            sent = json.dumps(self._sample(body), ensure_ascii=False)
            quoted = sent.replace("\\", "\\\\").replace('"', '\\"')
            parts += [f'-H "Content-Type: {JSON}"', f'-d "{quoted}"']
        elif kind:
            parts += [f'-F "{one.name}=@file"' for one in self._fields(body)][:1]
        return " \\\n  ".join([*parts, f'"{address}"'])

    def _sample(self, schema: Mapping[str, Any]) -> Any:
        whole = self._whole(schema)
        return {
            name: self._value(name, whole["properties"][name])
            for name in whole.get("required", [])
        }

    def _value(self, name: str, schema: Mapping[str, Any]) -> Any:
        if schema.get("type") == "array":
            return [self._value(name, schema["items"])]
        if "properties" in self._whole(schema):
            return self._sample(schema)
        return _example(name, schema)


def _parameter(one: Mapping[str, Any]) -> Field:
    schema = one["schema"]
    options = [str(value) for value in schema.get("enum", []) if value is not None]
    return Field(
        name=one["name"],
        kind=" | ".join(options) or _worded(schema),
        required=bool(one.get("required")),
        about=one.get("description", ""),
    )


def _worded(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "")
    plain = [one for one in kind if one != "null"] if isinstance(kind, list) else [kind]
    said = str(schema.get("format") or " ".join(plain))
    return _WORDS.get(said, said)


def _example(name: str, schema: Mapping[str, Any]) -> Any:
    """Return a value as it is sent; ``$NAMES`` are for the shell to fill in."""
    if name in _SHELL or name in _NAMED:
        return _SHELL.get(name, _NAMED.get(name))
    if "enum" in schema:
        return next(one for one in schema["enum"] if one is not None)
    plain = {"date": _DAY, "decimal": _DECIMAL}.get(schema.get("format", ""))
    if plain is not None:
        return plain
    by_type = {"integer": schema.get("minimum", 1), "boolean": True}
    kind = schema.get("type")
    return by_type.get(kind, "mẫu") if isinstance(kind, str) else "mẫu"
