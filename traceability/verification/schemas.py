"""Wire shapes of the verification API."""

from marshmallow import Schema, fields, validate

MAX_LINK = 2_000
MAX_SIZE = 2**53


class LinkQuery(Schema):
    """Which link is to be verified."""

    link = fields.String(required=True, validate=validate.Length(min=1, max=MAX_LINK))


class EvidenceQuery(LinkQuery):
    """Which link, and how much of the log the verifier saw before."""

    since = fields.Integer(
        load_default=None,
        strict=False,
        validate=validate.Range(min=0, max=MAX_SIZE),
    )


class CheckSchema(Schema):
    """One numbered check."""

    number = fields.Integer(required=True)
    name = fields.String(required=True)
    result = fields.String(
        required=True, validate=validate.OneOf(["pass", "fail", "not-checked"])
    )
    detail = fields.String(required=True)


class ReportSchema(Schema):
    """The verdict and the checks it rests on."""

    verdict = fields.String(required=True)
    checks = fields.List(fields.Nested(CheckSchema), required=True)


class LoggedRecordSchema(Schema):
    """A signed record, its leaf (base64), its place in the log and the proof of it."""

    token = fields.String(required=True)
    leaf = fields.String(required=True)
    log_index = fields.Integer(required=True, allow_none=True)
    proof = fields.List(fields.String(), required=True, allow_none=True)


class EvidenceSchema(Schema):
    """Everything a verifier needs to check a link by itself (docs/verification.md)."""

    v = fields.Integer(required=True)
    link = fields.String(required=True)
    label = fields.Dict(required=True, allow_none=True)
    records = fields.List(fields.Nested(LoggedRecordSchema), required=True)
    recognitions = fields.List(fields.Nested(LoggedRecordSchema), required=True)
    papers = fields.List(fields.Nested(LoggedRecordSchema), required=True)
    inputs = fields.List(fields.Nested(LoggedRecordSchema), required=True)
    confirmations = fields.List(fields.Nested(LoggedRecordSchema), required=True)
    checkpoint = fields.String(required=True)
    consistency = fields.List(fields.String(), required=True, allow_none=True)
    shown = fields.Dict(required=True, allow_none=True)
    scans = fields.Dict(required=True, allow_none=True)
    status = fields.List(fields.String(), required=True)
