"""The public page of a recognition: what its signed records say today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session
from werkzeug import Response

from traceability.catalog.queries import product_by_key
from traceability.gs1.digital_link import DigitalLink
from traceability.ocop.errors import RecognitionNotFoundError
from traceability.ocop.published.reading import facts_of
from traceability.ocop.rating import StandingState, standing
from traceability.ocop.records import RECOGNITION
from traceability.ocop.rules import REASONS
from traceability.records.models import SignedRecord
from traceability.records.queries import records_about, signature_counts
from traceability.signing.envelope import read_unverified
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services, services
from traceability.web.i18n import language
from traceability.web.publishing import cacheable
from traceability.web.rendering import render

blueprint = Blueprint("recognitions", __name__)
PAGE_AGE = 60  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The newest signed version of a recognition, and whether its signature counts."""

    claims: Mapping[str, Any]
    by: str
    record: SignedRecord
    versions: Sequence[SignedRecord]
    sound: bool


@blueprint.get("/recognitions/<public_id>")
def recognition(public_id: str) -> Response:
    """Show what the newest signed record of a recognition says."""
    use = services()
    with use.database.reading() as session:
        signed = _signed(session, f"/recognitions/{public_id}", use)
        name, path = _product(session, signed)
    facts = facts_of(signed.claims, public_id)
    answer = render(
        "papers/recognition.html",
        signed=signed,
        facts=facts,
        standing=standing([facts], use.clock.today()),
        states=StandingState,
        reasons={code.value: text for code, text in REASONS.items()},
        product_name=name,
        product_path=path,
    )
    return cacheable(answer, max_age=PAGE_AGE)


def _signed(session: Session, path: str, use: Services) -> Signed:
    found = records_about(session, use.identity.url(path))
    versions = [one for one in found if one.type == RECOGNITION]
    if not versions:
        raise RecognitionNotFoundError("There is no such recognition.")
    newest = versions[-1]
    payload = read_unverified(newest.token).payload
    return Signed(
        claims=payload["credentialSubject"],
        by=payload["vouchedBy"].get("name", ""),
        record=newest,
        versions=versions,
        sound=signature_counts(newest, lambda: use.get(KeyStore).ring),
    )


def _product(session: Session, signed: Signed) -> tuple[str, str]:
    """Return the product's name and the path of its page."""
    link = DigitalLink.parse(signed.claims["product"])
    product = product_by_key(session, link.key)
    name = product.name.in_language(language()) if product else str(link.key)
    return name, f"/p{link.path()}"
