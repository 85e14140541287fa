"""The one file, put together from the served modules: the same bytes each time."""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from traceability import __version__
from traceability.records.published_file_record import PublishedFile
from traceability.verification.standalone.inlining import inlined
from traceability.verification.standalone.wording import (
    TITLE,
    WITHOUT_SCRIPT,
    vietnamese,
    words,
)

NAME = "verifier.html"
PATH = f"/{NAME}"
MEDIA_TYPE = "text/html; charset=utf-8"
STATIC = Path(__file__).parents[2] / "static"
ENTRY = "standalone/app.js"
STYLES = ("public.css", "standalone/page.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The file, its fingerprint, and what a browser may do with it."""

    body: bytes
    policy: str  # content security policy, the same that stands in the file
    version: str

    @property
    def digest(self) -> str:
        """Return SHA-256 of the file, lower-case hex."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def file(self) -> PublishedFile:
        """Return what the log is to say of it."""
        return PublishedFile(path=PATH, digest=self.digest, version=self.version)


@cache
def verifier_page() -> Page:
    """Return the file. Raises ``ModuleFormError``, ``OSError``."""
    script = _script()
    style = "".join((STATIC / name).read_text(encoding="utf-8") for name in STYLES)
    policy = _policy(script, style)
    body = (STATIC / "standalone/page.html").read_text(encoding="utf-8")
    for name, text in {
        "policy": escape(policy, quote=True),
        "title": escape(vietnamese(TITLE)),
        "noscript": escape(vietnamese(WITHOUT_SCRIPT)),
        "version": escape(__version__),
        "style": style,
        "script": script,
    }.items():
        body = body.replace(f"{{{{ {name} }}}}", text, 1)
    return Page(body=body.encode(), policy=policy, version=__version__)


def _script() -> str:
    code = inlined(STATIC, ENTRY)
    told = json.dumps(words(code), ensure_ascii=False, indent=0, sort_keys=True)
    told = told.replace("<", "\\u003c").replace("\u2028", "\\u2028")
    return f"globalThis.TRACEABILITY_WORDS = {told};\n{code}"


def _policy(script: str, style: str) -> str:
    """Return the policy: this script, this style, and nothing from anywhere."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; "
        f"style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
