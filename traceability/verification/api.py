"""Verification over the API, open to everybody: the verdict, or the evidence for it."""

from typing import Any

from flask import Response

from traceability.verification.room import sources_of
from traceability.verification.schemas import (
    EvidenceQuery,
    EvidenceSchema,
    LinkQuery,
    ReportSchema,
)
from traceability.verification.service import evidence_for_others, verify_link
from traceability.verification.wire import document_of
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint

blueprint = ApiBlueprint(
    "verification_api",
    __name__,
    url_prefix=PREFIX,
    description="Verdicts on links, and the evidence to reach them without us",
)


@blueprint.get("/verify")
@blueprint.arguments(LinkQuery, location="query")
@blueprint.response(200, ReportSchema)
def verify(query: dict[str, Any]) -> dict[str, object]:
    """Return the verdict on a link with its eleven numbered checks."""
    use = services()
    with use.database.reading() as session:
        report = verify_link(session, query["link"], sources=sources_of(use))
    return report.as_json()


@blueprint.get("/evidence")
@blueprint.arguments(EvidenceQuery, location="query")
@blueprint.response(200, EvidenceSchema)
def evidence(query: dict[str, Any]) -> dict[str, Any]:
    """Return records, proofs and the log's head, for verifiers that believe nobody.

    As one file, with the log's later entries: `/bundles/<path of the link>.zip`.
    """
    use = services()
    with use.database.reading() as session:
        found = evidence_for_others(
            session, query["link"], sources=sources_of(use), since=query["since"]
        )
    return document_of(found)


@blueprint.after_request
def open_to_any_site(response: Response) -> Response:
    """Let pages of other sites read: nothing here depends on who asks."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-store"
    return response
