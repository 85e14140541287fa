"""What travels over the API about certificates and their files."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate

from traceability.catalog.certificates import CertificateKind, Validity
from traceability.catalog.drafts import LONG, SHORT
from traceability.catalog.models import Certificate, CertificateFile
from traceability.catalog.papers.queries import CertificateScope
from traceability.core.identity import Identity
from traceability.web.fields import CleanText, DayField

_ALL = {"description": "Ids; none: all of the producer's."}
_MOST = 200


def _ids() -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.Length(max=26)),
        load_default=list,
        validate=validate.Length(max=_MOST),
        metadata=_ALL,
    )


class ApiCertificate(Schema):
    """A certificate as its paper says; it is signed and not edited afterwards."""

    kind = fields.Enum(CertificateKind, by_value=True, required=True)
    number = CleanText(max_length=SHORT, required=True)
    body = CleanText(max_length=SHORT, required=True)
    issued = DayField(required=True)
    expires = DayField(load_default=None, allow_none=True)
    products = _ids()
    sites = _ids()
    scope = CleanText(max_length=LONG, multiline=True, load_default="")


class ApiWithdrawal(Schema):
    """From which day a paper counts no more, and why."""

    on = DayField(required=True)
    reason = CleanText(max_length=SHORT, required=True)


class ApiPaperFile(Schema):
    """A PDF, JPEG, PNG or WebP file of at most 8 MB; EXIF is removed."""

    file = Upload(required=True)


class ApiOpening(Schema):
    """Whether everybody may download a file."""

    is_public = fields.Boolean(required=True)


class ApiFileShown(Schema):
    """A file of a certificate; its digest stands in the certificate's record."""

    sha256 = fields.String(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    is_public = fields.Boolean(required=True)


class ApiCertificateShown(Schema):
    """A certificate as it is answered."""

    id = fields.String(required=True)
    url = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([*CertificateKind]))
    number = fields.String(required=True)
    body = fields.String(required=True)
    issued = fields.String(required=True)
    expires = fields.String(required=True, allow_none=True)
    products = fields.List(fields.String(), required=True)
    sites = fields.List(fields.String(), required=True)
    scope = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([*Validity]))
    withdrawn_on = fields.String(required=True, allow_none=True)
    withdrawal_reason = fields.String(required=True)
    files = fields.List(fields.Nested(ApiFileShown), required=True)


def certificate_shown(
    certificate: Certificate,
    scope: CertificateScope,
    files: Sequence[CertificateFile],
    *,
    identity: Identity,
    today: date,
) -> dict[str, Any]:
    """Return a certificate as it is answered."""
    return {
        "id": certificate.public_id,
        "url": identity.url(f"/certificates/{certificate.public_id}"),
        "kind": certificate.kind,
        "number": certificate.number,
        "body": certificate.body,
        "issued": certificate.issued.isoformat(),
        "expires": iso(certificate.expires),
        "products": [one.public_id for one in scope.products],
        "sites": [one.public_id for one in scope.sites],
        "scope": certificate.scope,
        "state": certificate.term.on(today).value,
        "withdrawn_on": iso(certificate.withdrawn_on),
        "withdrawal_reason": certificate.withdrawal_reason,
        "files": [file_shown(one) for one in files],
    }


def file_shown(file: CertificateFile) -> dict[str, Any]:
    """Return a file as it is answered."""
    return {
        "sha256": file.digest,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "is_public": file.is_public,
    }


def iso(day: date | None) -> str | None:
    """Return a day as ``2026-11-22``."""
    return day.isoformat() if day else None
