"""The application for a WSGI server: ``gunicorn wsgi:application``."""

import os

from traceability.app import build_services, create_app
from traceability.cli.keeping import keep_trust_list
from traceability.settings import read_settings
from traceability.web import logs

settings = read_settings(os.environ)
logs.configure(settings)
use = build_services(settings)
application = create_app(settings, use)
keep_trust_list(application, use)
