"""Fit a Flask application with everything the rooms share."""

from flask import Flask

from traceability.settings import Settings
from traceability.web import (
    hardening,
    i18n,
    problems,
    public,
    raw_target,
    rendering,
)
from traceability.web.context import EXTENSION, Services


def new_application(use: Services, secret: bytes) -> Flask:
    """Return an application with languages, limits, problems and headers."""
    settings: Settings = use.settings
    app = Flask(
        "traceability",
        template_folder=str(rendering.template_folder()),
        static_folder=str(rendering.PACKAGE / "static"),
    )
    app.extensions[EXTENSION] = use
    app.url_map.merge_slashes = False
    app.jinja_env.autoescape = True
    hardening.configure(app, settings, secret)
    raw_target.install(app)
    public.make_public(app, [])
    i18n.install(app)
    rendering.install(app)
    problems.install(app)
    hardening.install(app, settings)
    return app
