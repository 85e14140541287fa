"""Render a template as a response in the language of the request."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, make_response, render_template, request

from traceability.web.i18n import language
from traceability.web.keeping import Keeping
from traceability.web.public import is_public

PACKAGE = Path(__file__).parent.parent


def template_folder() -> Path:
    """Return the templates' folder: inside a wheel, or beside the package."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


def render(template: str, status: int = 200, **context: Any) -> Response:
    """Return a page. Pages of signed-in people are never stored by caches."""
    response = make_response(render_template(template, **context), status)
    response.headers["Content-Language"] = language()
    if is_public():
        response.vary.add("Accept-Language")
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


@cache
def _version(folder: str, filename: str) -> str:
    content = (Path(folder) / filename).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]


@cache
def asset(filename: str) -> str:
    """Return a static file's address; it changes when the file does.

    Error pages need it too, before anything is known about the request.
    """
    version = _version(str(PACKAGE / "static"), filename)
    return f"/static/{filename}?v={version}"


def in_language(code: str) -> str:
    """Return this page's own address in another language."""
    return address_in(code, request.args.to_dict(flat=True))


def address_in(code: str, args: Mapping[str, str]) -> str:
    """Return the address in another language of a page that was asked with ``args``."""
    return "?" + urlencode({**args, "lang": code})


def install(app: Flask) -> None:
    """Give templates ``asset()``, ``in_language()`` and ``{% kept %}``."""
    app.jinja_env.add_extension(Keeping)
    app.jinja_env.globals.update(asset=asset, in_language=in_language)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
