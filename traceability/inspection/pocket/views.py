"""`/inspector/`: the installed page, its manifest, its words and its service worker.

Nobody signs in here and nothing differs by who asks: what needs a name goes through
`/inspector/session` and `/inspector/findings`.
"""

import json
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from traceability.inspection.pocket.shell import (
    WORKER,
    manifest_of,
    shell_of,
    version_of,
)
from traceability.inspection.pocket.wording import manifest_words, words
from traceability.verification.room import sources_of
from traceability.verification.service import links_of_serial
from traceability.verification.typed import link_of, serial_of
from traceability.web.context import services
from traceability.web.hardening import policy
from traceability.web.i18n import LANGUAGES, speaking
from traceability.web.rendering import PACKAGE, render

MAX_TEXT = 2_000
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
    return _fresh(render(TEMPLATE))


@blueprint.get("/words.<any(vi, en):code>.json")
def told(code: str) -> Response:
    """Return what the page's scripts say, in one language."""
    return _fresh(Response(_words(code), content_type="application/json"))


@blueprint.get("/app.<any(vi, en):code>.webmanifest")
def manifest(code: str) -> Response:
    """Return what a browser needs to know to install the page."""
    with speaking(code):
        document = manifest_of(manifest_words(), code)
    return _fresh(Response(_json(document), content_type="application/manifest+json"))


@blueprint.get("/worker.js")
def worker() -> Response:
    """Return the service worker with the list of what it keeps, and its version."""
    pages = {code: f"/inspector/?lang={code}" for code in LANGUAGES}
    files = [f"/static/{name}" for name in shell_of(STATIC).files]
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
    kept = (*shell_of(STATIC).files, WORKER)
    contents = [(STATIC / name).read_bytes() for name in kept]
    for code in LANGUAGES:
        with speaking(code):
            contents.append(render_template(TEMPLATE).encode())
            contents.append(_json(manifest_of(manifest_words(), code)).encode())
        contents.append(_words(code).encode())
    return version_of(contents)


def _words(code: str) -> str:
    scripts = [name for name in shell_of(STATIC).first if name.endswith(".js")]
    texts = [(STATIC / name).read_text(encoding="utf-8") for name in scripts]
    return _json(words(code, texts))


def _fresh(response: Response) -> Response:
    """Let browsers keep it only for as long as it is the same here."""
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
