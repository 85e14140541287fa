"""The application for a WSGI server: ``gunicorn wsgi:application``."""

import os

from traceability.app import create_app
from traceability.settings import read_settings

application = create_app(read_settings(os.environ))
