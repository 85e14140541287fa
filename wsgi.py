"""The application for a WSGI server: ``gunicorn wsgi:application``."""

import os

from traceability.app import create_app
from traceability.cli.keeping import keep_trust_list
from traceability.services import build_services
from traceability.settings import read_settings
from traceability.web import logs
from traceability.web.proxied import behind_proxy

settings = read_settings(os.environ)
logs.configure(settings)
use = build_services(settings)
application = create_app(settings, use)
keep_trust_list(application, use)
application.wsgi_app = behind_proxy(  # type: ignore[assignment, method-assign]  # as Flask documents
    application.wsgi_app, settings.trusted_proxy
)
