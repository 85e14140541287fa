"""Status lists as they were signed, and for people a page that explains one."""

import json
from dataclasses import dataclass

from flask import Blueprint, Response, request

from traceability.records.credential import MEDIA_TYPE
from traceability.signing.envelope import read_unverified
from traceability.status.bitstring import SIZE
from traceability.status.errors import StatusListNotFoundError
from traceability.status.lists import (
    ListId,
    Purpose,
    StatusList,
    parse_path,
    read_status_list,
)
from traceability.status.service import StatusLists
from traceability.transparency.service import TransparencyLog
from traceability.web.context import services
from traceability.web.publishing import cacheable, published
from traceability.web.rendering import render

MAX_AGE = 60  # seconds: how long a recall may hide in somebody's cache

blueprint = Blueprint("status", __name__, url_prefix="/status")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A list as the page shows it."""

    list: StatusList
    suspends: bool
    first: int  # entries of the log that it speaks of
    last: int
    marked: int
    kid: str
    payload: str


@blueprint.get("/<any(suspension, revocation):purpose>/<number>")
def status_list(purpose: str, number: str) -> Response:
    """Return the signed list, or for people a page that explains it."""
    wanted = parse_path(f"/status/{purpose}/{number}")
    if wanted is None:
        raise StatusListNotFoundError("There is no such list.")
    token = _token(wanted)
    if _wants_page():
        page = _page(token)
        answer = cacheable(render("status/list.html", page=page), max_age=MAX_AGE)
    else:
        answer = published(token, MEDIA_TYPE, max_age=MAX_AGE)
    answer.vary.add("Accept")
    return answer


def _token(wanted: ListId) -> str:
    use = services()
    head = use.get(TransparencyLog).published()
    with use.database.reading() as session:
        return use.get(StatusLists).token(session, wanted, published=head)


def _wants_page() -> bool:
    kinds = [MEDIA_TYPE, "text/html"]
    return request.accept_mimetypes.best_match(kinds, MEDIA_TYPE) == "text/html"


def _page(token: str) -> ListPage:
    envelope = read_unverified(token)
    found = read_status_list(envelope.payload)
    first = found.id.number * SIZE
    return ListPage(
        list=found,
        suspends=found.id.purpose is Purpose.SUSPENSION,
        first=first,
        last=first + SIZE - 1,
        marked=sum(byte.bit_count() for byte in found.bits),
        kid=envelope.kid,
        payload=json.dumps(envelope.payload, ensure_ascii=False, indent=2),
    )
