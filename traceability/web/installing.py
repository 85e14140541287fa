"""Fit a Flask application with everything the rooms share."""

from types import TracebackType

from flask import Flask

from traceability.settings import Settings
from traceability.web import (
    hardening,
    hosts,
    i18n,
    logs,
    metrics,
    problems,
    public,
    raw_target,
    rendering,
)
from traceability.web.context import EXTENSION, Services
from traceability.web.sessions import Sessions


class Application(Flask):
    """Flask, whose last word on an accident tells no path and no message."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType]
        | tuple[None, None, None]
        | None,
    ) -> None:
        """Write down what met no handler at all."""
        if exc_info is not None and exc_info[0] is not None:
            logs.log_accident(exc_info)


def new_application(use: Services, secret: bytes) -> Flask:
    """Return an application with languages, limits, problems and headers."""
    settings: Settings = use.settings
    app = Application(
        "traceability",
        template_folder=str(rendering.template_folder()),
        static_folder=str(rendering.PACKAGE / "static"),
    )
    app.extensions[EXTENSION] = use
    app.session_interface = Sessions()
    app.url_map.merge_slashes = False
    app.jinja_env.autoescape = True
    hardening.configure(app, settings, secret)
    logs.install(app)
    metrics.install(app, use)
    hosts.install(app, settings)
    raw_target.install(app)
    public.make_public(app, [])
    i18n.install(app)
    rendering.install(app)
    problems.install(app)
    hardening.install(app, settings)
    return app
