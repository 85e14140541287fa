"""Fit a Flask application with everything the rooms share."""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask

from traceability.settings import Settings
from traceability.web import (
    hardening,
    hosts,
    i18n,
    kept,
    logs,
    metrics,
    problems,
    public,
    raw_target,
    rendering,
)
from traceability.web.context import EXTENSION, Services
from traceability.web.rules import LateRule
from traceability.web.sessions import Sessions


class Application(Flask):
    """Flask that gives answers again which still hold (``kept``).

    Its last word on an accident tells no path and no message.
    """

    kept: kept.KeptAnswers
    url_rule_class = LateRule

    def wsgi_app(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        return self.kept.answer(environ, start_response, super().wsgi_app)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function as it is: none of ours is asynchronous, no look is due."""
        return func

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType]
        | tuple[None, None, None]
        | None,
    ) -> None:
        """Write down what met no handler at all."""
        if exc_info is not None and exc_info[0] is not None:
            logs.log_accident(exc_info)


def _told(count: Callable[[logs.Answered], None]) -> Callable[[logs.Answered], None]:
    """Return what is told of every request: how it is counted, and logged."""

    def note(answered: logs.Answered) -> None:
        count(answered)
        logs.log_request(answered)

    return note


def new_application(use: Services, secret: bytes) -> Flask:
    """Return an application with languages, limits, problems and headers."""
    settings: Settings = use.settings
    app = Application(
        "traceability",
        template_folder=str(rendering.template_folder()),
        static_folder=str(rendering.PACKAGE / "static"),
    )
    app.extensions[EXTENSION] = use
    app.kept = kept.KeptAnswers(_told(metrics.counting(use)))
    app.session_interface = Sessions()
    app.url_map.merge_slashes = False
    app.jinja_env.autoescape = True
    hardening.configure(app, settings, secret)
    logs.install(app, app.kept.note)
    hosts.install(app, settings)
    raw_target.install(app)
    public.make_public(app, [])
    i18n.install(app)
    rendering.install(app)
    problems.install(app)
    hardening.install(app, settings)
    return app
