"""Pages of inspectors, and the two addresses that their phones ask."""

from flask import Blueprint

from traceability.inspection.views import files, opening, phone, visits

blueprint = Blueprint("inspection", __name__)
for pages in (phone, opening, files, visits):
    pages.add_to(blueprint)
