"""What the forms of accounts accept."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from traceability.accounts.kinds import OrganisationKind
from traceability.core.permissions import Role, Scope
from traceability.web.fields import CleanText, DayField
from traceability.web.i18n import gettext as _


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
    commune_words = CleanText(load_default="", max_length=200)
    phone = CleanText(load_default="", max_length=30)
    email = CleanText(load_default="", max_length=200)

    @post_load
    def choose_commune(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Refuse a commune that was described and not chosen."""
        if data.pop("commune_words") and not data["commune_code"]:
            raise ValidationError(
                _("Choose the commune from the list."), "commune_words"
            )
        return data


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
