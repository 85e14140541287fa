"""`/api/v1/docs`: the OpenAPI document as a page, made here, without scripts."""

from flask import Blueprint, Response

from traceability.web.api_reference import groups_of
from traceability.web.context import services
from traceability.web.i18n import LazyText, lazy_gettext as _l
from traceability.web.openapi import PREFIX, document
from traceability.web.rendering import render

blueprint = Blueprint("api_docs", __name__)

HEADINGS: dict[str, LazyText] = {
    "accounts_api": _l("Organisations and people"),
    "units_api": _l("Provinces and communes"),
    "producer_api": _l("Your organisation"),
    "sites_api": _l("Growing areas and sites"),
    "products_api": _l("Products"),
    "certificates_api": _l("Certificates"),
    "ip_rights_api": _l("Protected rights"),
    "ocop_api": _l("OCOP recognitions"),
    "batches_api": _l("Lots"),
    "events_api": _l("Events"),
    "labels_api": _l("Label runs"),
    "designs_api": _l("Label designs"),
    "label_life_api": _l("Life of labels"),
    "printing_api": _l("Files of label runs"),
    "stamps_api": _l("Blank stamps"),
    "inspection_api": _l("Inspections"),
    "records_api": _l("Signed records and the log"),
    "verification_api": _l("Verification"),
}


@blueprint.get(f"{PREFIX}/docs")
def docs() -> Response:
    """Show every operation with its fields, refusals and a command to try."""
    return render(
        "web/api_docs.html",
        groups=groups_of(document()),
        headings=HEADINGS,
        origin=services().identity.origin,
        prefix=PREFIX,
    )
