"""Languages: which one this request speaks, and texts in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from flask import Flask, g, has_request_context, request, session
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from traceability.core.quantity import Quantity
from traceability.web.catalogs import SOURCE_LANGUAGE, translations_of
from traceability.web.formats import FILTERS, quantity
from traceability.web.public import is_public

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT_LANGUAGE = "vi"
SESSION_KEY = "language"
_forced: ContextVar[str | None] = ContextVar("language", default=None)


def spoken_quantity(value: Quantity | None) -> str:
    """Return a quantity with its unit in the language spoken now."""
    return quantity(value, language())


def language() -> str:
    """Return the language to speak now: ``vi`` or ``en``.

    A page asks ``?lang=`` first, then (signed-in pages only) what was chosen before,
    then Accept-Language, and speaks Vietnamese where nothing helps. Outside a request
    operators read English.
    """
    forced = _forced.get()
    if forced is not None:
        return forced
    if not has_request_context():
        return SOURCE_LANGUAGE
    if "language" not in g:
        g.language = _negotiated()
    found: str = g.language
    return found


def _negotiated() -> str:
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    if not is_public() and session.get(SESSION_KEY) in LANGUAGES:
        return str(session[SESSION_KEY])
    return _spoken(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=1024)
def _spoken(accepted: str) -> str:
    """Return which of our languages a header asks for first."""
    for one in parse_accept_header(accepted, LanguageAccept).values():
        primary = one.partition("-")[0].lower()
        if primary in LANGUAGES:
            return primary
    return DEFAULT_LANGUAGE


@contextmanager
def speaking(language_code: str) -> Iterator[None]:
    """Speak one language inside the block, request or not (labels, mail, tests)."""
    token = _forced.set(language_code)
    try:
        yield
    finally:
        _forced.reset(token)


def gettext(message: str, /, **params: object) -> str:
    """Return a message in the language spoken now, its ``%(name)s`` filled."""
    text = str(translations_of(language()).gettext(message)) if message else ""
    return text % params if params else text


def ngettext(singular: str, plural: str, n: int, /, **params: object) -> str:
    """Return the form of a message that suits ``n``; ``%(num)s`` is ``n``."""
    text = translations_of(language()).ngettext(singular, plural, n)
    return str(text) % {"num": n, **params}


class LazyText:
    """A message that is translated each time it is shown."""

    __slots__ = ("message", "params")

    def __init__(self, message: str, params: dict[str, object]) -> None:
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return gettext(self.message, **self.params)

    def __repr__(self) -> str:
        return f"LazyText({self.message!r})"


def lazy_gettext(message: str, /, **params: object) -> LazyText:
    """Return a text for module level: menus, labels of choices."""
    return LazyText(message, params)


def install(app: Flask) -> None:
    """Give templates ``_()``, ``{% trans %}``, ``language()`` and our filters."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    env: Any = app.jinja_env
    env.install_gettext_callables(
        gettext=gettext,
        ngettext=_plural_template,
        newstyle=True,
    )
    env.globals.update(language=language, LANGUAGES=LANGUAGES)
    env.filters.update(FILTERS, quantity=spoken_quantity)
    env.policies["ext.i18n.trimmed"] = True
    for code in LANGUAGES:
        translations_of(code)

    @app.before_request
    def remember_language() -> None:
        asked = request.args.get("lang", "")
        if asked in LANGUAGES and not is_public():
            session[SESSION_KEY] = asked


def _plural_template(singular: str, plural: str, n: int) -> str:
    """Return the form unfilled: Jinja's new-style calls fill it themselves."""
    return str(translations_of(language()).ngettext(singular, plural, n))
