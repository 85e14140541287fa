"""Pages of long lists over the API: a signed cursor, a limit, and where it goes on."""

import base64
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import after_this_request, request
from marshmallow import Schema, fields, validate
from werkzeug import Response

from traceability.core.errors import BadRequestError
from traceability.db.window import Window
from traceability.web.context import services
from traceability.web.network import keyed_digest

PAGE = 50
MOST = 100
_MAC = 32  # hex digits: 128 bits
_MAX_CURSOR = 200
T = TypeVar("T")


class CursorInvalidError(BadRequestError):
    """The cursor was not given out by us for this list."""

    code = "cursor-invalid"


class PageQuery(Schema):
    """Which page of a list; lists that filter inherit from it."""

    limit = fields.Integer(
        load_default=PAGE,
        validate=validate.Range(1, MOST),
        metadata={"description": "How many to answer at most."},
    )
    cursor = fields.String(
        load_default="",
        validate=validate.Length(max=_MAX_CURSOR),
        metadata={"description": "Where the page before ended: follow `next`."},
    )


def page_schema(item: type[Schema]) -> type[Schema]:
    """Return the shape of a page of such items: ``items`` and ``next``."""
    members: dict[str, fields.Field[Any]] = {
        "items": fields.List(fields.Nested(item), required=True),
        "next": fields.String(
            required=True,
            allow_none=True,
            metadata={"description": "Address of the page that follows, or null."},
        ),
    }
    return Schema.from_dict(members, name=f"{item.__name__}Page")


def window_of(query: Mapping[str, Any]) -> Window:
    """Return what a ``PageQuery`` asks for. Raises ``CursorInvalidError``."""
    cursor = query["cursor"]
    return Window(query["limit"], _key_in(cursor) if cursor else None)


def page_of(
    rows: Sequence[T],
    window: Window,
    *,
    key: Callable[[T], int],
    show: Callable[[T], Any],
) -> dict[str, Any]:
    """Return a page of the rows that ``window.cut`` found, and link to the next one."""
    shown = rows[: window.size]
    further = _address_after(key(shown[-1])) if len(rows) > window.size else None
    if further is not None:
        _link(further)
    return {"items": [show(row) for row in shown], "next": further}


def _link(further: str) -> None:
    @after_this_request
    def add(response: Response) -> Response:
        response.headers["Link"] = f'<{further}>; rel="next"'
        return response


def _address_after(key: int) -> str:
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != "cursor"]
    query = urlencode([*kept, ("cursor", _cursor(key))])
    return services().identity.url(f"{request.path}?{query}")


def _cursor(key: int) -> str:
    text = f"{key}.{_mac(str(key))}".encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _key_in(cursor: str) -> int:
    refused = CursorInvalidError(
        "This cursor is none of this list. Start from its first page.", field="cursor"
    )
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except ValueError:
        raise refused from None
    key, _dot, mac = text.partition(".")
    if not hmac.compare_digest(mac, _mac(key)):
        raise refused
    return int(key)


def _mac(key: str) -> str:
    """Return what only we can put under a cursor of the list that is asked for."""
    return keyed_digest("cursor", f"{request.path}\n{key}")[:_MAC]
