"""Pages of inspectors, and the two addresses that their phones ask."""

from flask import Blueprint

from traceability.inspection.views import phone

blueprint = Blueprint("inspection", __name__)
phone.add_to(blueprint)
