"""`/inspector/`: the installed page, its code, its words and its service worker.

Nobody signs in here and nothing differs by who asks: what needs a name goes through
`/inspector/session` and `/inspector/findings`.
"""

import json
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from traceability.inspection.pocket.code import read_code
from traceability.inspection.pocket.shell import (
    DRESS,
    ENTRY,
    WORKER,
    manifest_of,
    version_of,
)
from traceability.inspection.pocket.wording import manifest_words, words
from traceability.verification.printed.queries import links_of_serial
from traceability.verification.room import sources_of
from traceability.verification.typed import link_of, serial_of
from traceability.web.context import services
from traceability.web.hardening import policy
from traceability.web.i18n import LANGUAGES, speaking
from traceability.web.rendering import PACKAGE, render

MAX_TEXT = 2_000
YEAR = 365 * 24 * 3600
TEMPLATE = "pocket/shell.html"
STATIC = PACKAGE / "static"
# The scanner is WebAssembly, the camera is used, photos are shown before they are sent.
HEADERS = {
    "Content-Security-Policy": policy(
        **{
            "script-src": "'self' 'wasm-unsafe-eval'",
            "worker-src": "'self'",
            "manifest-src": "'self'",
            "img-src": "'self' data: blob:",
        }
    ),
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
}

blueprint = Blueprint("pocket", __name__, url_prefix="/inspector")


@blueprint.get("/")
def shell() -> Response:
    """Show the page; what it finds out, it finds out on the phone."""
    return _fresh(render(TEMPLATE, entry=_entry()))


@blueprint.get("/code/<version>/<path:name>")
def code(version: str, name: str) -> Response:
    """Return one of the page's modules; under another version there is nothing."""
    known = read_code(STATIC)
    if version != known.version or name not in known.contents:
        abort(404)
    response = Response(known.contents[name], content_type=known.media_type(name))
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


@blueprint.get("/words.<any(vi, en):language>.json")
def told(language: str) -> Response:
    """Return what the page's scripts say, in one language."""
    return _fresh(Response(_words(language), content_type="application/json"))


@blueprint.get("/app.<any(vi, en):language>.webmanifest")
def manifest(language: str) -> Response:
    """Return what a browser needs to know to install the page."""
    body = _manifest(language)
    return _fresh(Response(body, content_type="application/manifest+json"))


@blueprint.get("/worker.js")
def worker() -> Response:
    """Return the service worker with the list of what it keeps, and its version."""
    known = read_code(STATIC)
    pages = {code: f"/inspector/?lang={code}" for code in LANGUAGES}
    files = [f"/static/{name}" for name in DRESS]
    files += [known.address(name) for name in known.contents]
    files += [f"/inspector/words.{code}.json" for code in LANGUAGES]
    files += [f"/inspector/app.{code}.webmanifest" for code in LANGUAGES]
    head = (
        f"const VERSION = {json.dumps(_version())};\n"
        f"const PAGES = {json.dumps(pages)};\n"
        f"const FILES = {json.dumps(files)};\n"
    )
    body = head + (STATIC / WORKER).read_text(encoding="utf-8")
    return _fresh(Response(body, content_type="text/javascript; charset=utf-8"))


@blueprint.get("/links")
def links() -> Response:
    """Return the links that a typed text stands for: a serial may be several's."""
    text = request.args.get("text", "")[:MAX_TEXT].strip()
    if not text:
        abort(400)
    use = services()
    serial = serial_of(text)
    if serial is None:
        found = [link_of(text, use.identity.origin)]
    else:
        with use.database.reading() as session:
            found = links_of_serial(session, serial, sources=sources_of(use))
    response = Response(_json({"links": found}), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.after_request
def narrow(response: Response) -> Response:
    """Allow this page, and no other, the camera and WebAssembly."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def _version() -> str:
    """Return the version of everything that is kept, in every language."""
    known = read_code(STATIC)
    contents = [known.version.encode()]
    contents += [(STATIC / name).read_bytes() for name in (*DRESS, WORKER)]
    for language in LANGUAGES:
        with speaking(language):
            page = render_template(TEMPLATE, entry=_entry())
        contents += [page.encode(), _words(language).encode()]
        contents.append(_manifest(language).encode())
    return version_of(contents)


def _entry() -> str:
    return read_code(STATIC).address(ENTRY)


def _words(language: str) -> str:
    return _json(words(language, read_code(STATIC).scripts))


def _manifest(language: str) -> str:
    with speaking(language):
        return _json(manifest_of(manifest_words(), language))


def _fresh(response: Response) -> Response:
    """Let browsers keep it only for as long as it is the same here."""
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
