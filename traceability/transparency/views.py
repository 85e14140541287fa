"""The log as static resources under /log/ (C2SP tlog-tiles)."""

from http import HTTPStatus
from typing import NoReturn

from flask import Blueprint, Response, abort

from traceability.transparency.errors import LogUncosignedError
from traceability.transparency.queries import read_tile
from traceability.transparency.service import TransparencyLog
from traceability.transparency.tiles import parse_tile
from traceability.web.context import services
from traceability.web.publishing import published

FULL_TILE_AGE = 365 * 24 * 3600
PARTIAL_TILE_AGE = 300
KEY_AGE = 300
TEXT = "text/plain; charset=utf-8"

blueprint = Blueprint("transparency", __name__, url_prefix="/log")


@blueprint.get("/")
def front() -> NoReturn:
    """Answer 404: a log has no front page, and its name is no mistyped code either."""
    abort(HTTPStatus.NOT_FOUND)


@blueprint.get("/checkpoint")
def checkpoint() -> Response:
    """Return the newest checkpoint; it is in the head file before anybody sees it."""
    use = services()
    log = use.get(TransparencyLog)
    log.publish(use.database)
    with use.database.reading() as session:
        note = log.checkpoint(session)
    response = published(note, TEXT, max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/cosigned")
def cosigned() -> Response:
    """Return the last checkpoint with a quorum of witnesses; the newest may wait."""
    found = services().get(TransparencyLog).cosigned.quorum()
    if found is None:
        raise LogUncosignedError("No quorum of witnesses has signed a head yet.")
    response = published(found.note, TEXT, max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/vkey")
def vkey() -> Response:
    """Return the key that verifies checkpoints (C2SP signed-note)."""
    key = services().get(TransparencyLog).vkey
    return published(f"{key}\n", TEXT, max_age=KEY_AGE)


@blueprint.get("/tile/<path:path>")
def tile(path: str) -> Response:
    """Return a tile of hashes, or an entry bundle."""
    wanted = parse_tile(path)
    use = services()
    with use.database.reading() as session:
        size = use.get(TransparencyLog).tree_size(session)
        body = read_tile(session, wanted, size)
    return published(
        body,
        "application/octet-stream",
        max_age=FULL_TILE_AGE if wanted.full else PARTIAL_TILE_AGE,
        immutable=wanted.full,
    )
