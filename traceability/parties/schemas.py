"""What the forms of parties' keys accept."""

from marshmallow import Schema, fields, validate

from traceability.signing.holding import MAX_ANSWER
from traceability.signing.jwk_text import MAX_JWK
from traceability.web.fields import CleanText


class PartyKeySchema(Schema):
    """A public key, as JWK text; read by the domain, which says what is wrong."""

    jwk = fields.String(required=True, validate=validate.Length(max=MAX_JWK))


class SignatureSchema(Schema):
    """A signature in base64url, or the whole JWS."""

    signature = fields.String(required=True, validate=validate.Length(max=MAX_ANSWER))


class PrepareSchema(Schema):
    """Which record a party wants to confirm."""

    record = CleanText(required=True, max_length=26)


class WithdrawSchema(PrepareSchema):
    """Which confirmation a party takes back, and why; the reason is public."""

    reason = CleanText(required=True, max_length=300)
