"""Everything that is derived from the sample data, and the schemas it must keep to."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from pyld import jsonld
from pyld.documentloader import frozen
from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.core.identity import Identity
from traceability.core.json_text import json_text
from traceability.credentials.errors import CredentialNotFoundError
from traceability.credentials.service import derived_payload
from traceability.credentials.source import Variant
from traceability.credentials.untp import UNTP_CONTEXT
from traceability.credentials.words import CONTEXT_PATH, context_document
from traceability.demo.people import PEOPLE
from traceability.demo.service import load_samples
from traceability.labels.room import label_keys_of
from traceability.records.credential import CREDENTIALS_CONTEXT
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.web.context import Services

HOME = "http://127.0.0.1:8000"  # sample accounts are open on loopback only
VECTORS = Path(__file__).parent.parent / "vectors" / "untp"
SCHEMAS = {
    "DigitalProductPassport": "DigitalProductPassport.json",
    "DigitalConformityCredential": "ConformityCredential.json",
    "DigitalFacilityRecord": "DigitalFacilityRecord.json",
    "DigitalTraceabilityEvent": "DigitalTraceabilityEvent.json",
}
W3C_CONTEXT = Path(str(frozen.__file__)).parent / "bundled" / "credentials-v2.jsonld"


@dataclass(frozen=True)
class Made:
    """One derived credential beside the record it is made of."""

    record: SignedRecord
    variant: Variant
    payload: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return str(self.payload["type"][0])

    @property
    def subject(self) -> Mapping[str, Any]:
        found: Any = self.payload["credentialSubject"]
        one: Mapping[str, Any] = found[0] if isinstance(found, list) else found
        return one


def load_demo(use: Services) -> None:
    passwords = {one.login: "a sample password" for one in PEOPLE}
    with use.database.transaction() as session:
        load_samples(session, passwords, notary=notary_of(use), keys=label_keys_of(use))


def everything_made(use: Services) -> list[Made]:
    """Derive all that can be derived from every record there is."""
    with use.database.reading() as session:
        records = session.scalars(
            select(SignedRecord).order_by(SignedRecord.log_index)
        ).all()
        found = [one for record in records for one in made_of(session, record, use)]
        session.expunge_all()
    return found


def made_of(session: Session, record: SignedRecord, use: Services) -> Iterator[Made]:
    for variant in Variant:
        try:
            payload = derived_payload(session, record, variant, use.identity)
        except CredentialNotFoundError:
            continue
        yield Made(record, variant, json.loads(json_text(payload)))


@cache
def validator(kind: str) -> Draft202012Validator:
    schema = json.loads((VECTORS / SCHEMAS[kind]).read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=FormatChecker())


def faults_of(payload: Mapping[str, Any]) -> list[str]:
    """What the published schema of its kind finds wrong with a credential."""
    found = validator(payload["type"][0]).iter_errors(payload)
    return [f"{one.json_path}: {one.message}" for one in found]


def loader_for(identity: Identity) -> Callable[..., dict[str, Any]]:
    """A document loader that knows three contexts and never asks a network."""
    known = {
        CREDENTIALS_CONTEXT: json.loads(W3C_CONTEXT.read_text(encoding="utf-8")),
        UNTP_CONTEXT: json.loads(
            (VECTORS / "untp-context.jsonld").read_text(encoding="utf-8")
        ),
        identity.url(CONTEXT_PATH): context_document(identity),
    }

    def load(url: str, _options: object = None) -> dict[str, Any]:
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": known[url],
        }

    return load


def expanded(
    payload: Mapping[str, Any], identity: Identity
) -> tuple[list[Any], list[str]]:
    """A credential as linked data, and the properties that got lost on the way."""
    dropped: list[str] = []
    found = jsonld.expand(
        dict(payload),
        {"documentLoader": loader_for(identity), "processingMode": "json-ld-1.1"},
        on_property_dropped=dropped.append,
    )
    return found, dropped
