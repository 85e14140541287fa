"""What the forms of accounts accept."""

from marshmallow import Schema, fields, validate

from traceability.accounts.kinds import OrganisationKind
from traceability.core.permissions import Role, Scope
from traceability.web.fields import CleanText, DayField


class SignInSchema(Schema):
    """Name and password; the password is taken as it was typed."""

    login = CleanText(required=True, max_length=100)
    password = fields.String(required=True, validate=validate.Length(max=1000))


class OrganisationSchema(Schema):
    """A party as an administrator enters it."""

    kind = fields.Enum(OrganisationKind, by_value=True, required=True)
    name_vi = CleanText(required=True)
    name_en = CleanText(load_default="")
    name_public = fields.Boolean(load_default=False)
    address = CleanText(load_default="", max_length=300)
    old_address = CleanText(load_default="", max_length=300)
    commune_code = fields.String(
        load_default=None, validate=validate.Regexp(r"^[0-9]{5}\Z")
    )
    phone = CleanText(load_default="", max_length=30)
    email = CleanText(load_default="", max_length=200)


class PersonSchema(Schema):
    """Somebody who gets an account; the password is made, not typed."""

    organisation = CleanText(required=True, max_length=26)
    name = CleanText(required=True)
    login = CleanText(required=True, max_length=100)
    roles = fields.List(
        fields.Enum(Role, by_value=True),
        required=True,
        validate=validate.Length(min=1),
    )


class PasswordSchema(Schema):
    """A person's own change of password."""

    current = fields.String(required=True, validate=validate.Length(max=1000))
    password = fields.String(required=True, validate=validate.Length(max=1000))


class ApiKeySchema(Schema):
    """A key for a program."""

    name = CleanText(required=True, max_length=100)
    scopes = fields.List(
        fields.Enum(Scope, by_value=True),
        required=True,
        validate=validate.Length(min=1),
    )
    expires = DayField(load_default=None)
