"""What the forms of accounts accept, and what travels over the API."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.models import Organisation, Person
from traceability.core.permissions import Role, Scope
from traceability.records.credential import instant_text
from traceability.web.fields import CleanText, DayField
from traceability.web.i18n import gettext as _
from traceability.web.paging import PageQuery


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


class ApiOrganisation(Schema):
    """A party as an administrator's program enters it."""

    kind = fields.Enum(OrganisationKind, by_value=True, required=True)
    name_vi = CleanText(required=True)
    name_en = CleanText(load_default="")
    name_public = fields.Boolean(load_default=False)
    address = CleanText(load_default="", max_length=300)
    old_address = CleanText(load_default="", max_length=300)
    commune_code = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{5}\Z")
    )
    phone = CleanText(load_default="", max_length=30)
    email = CleanText(load_default="", max_length=200)


class ApiOrganisationChanges(ApiOrganisation):
    """What changes of a party: only what is sent."""


class ApiOrganisationShown(Schema):
    """A party as it is answered."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([*OrganisationKind]))
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    name_public = fields.Boolean(required=True)
    address = fields.String(required=True)
    old_address = fields.String(required=True)
    commune_code = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True)
    email = fields.String(required=True)
    active = fields.Boolean(required=True)
    created_at = fields.String(required=True)


class ApiPerson(Schema):
    """Somebody who gets an account; the password is made, not sent."""

    organisation = CleanText(required=True, max_length=26)
    name = CleanText(required=True)
    login = CleanText(
        required=True,
        max_length=100,
        metadata={"description": "An e-mail address or a phone number."},
    )
    roles = fields.List(
        fields.Enum(Role, by_value=True),
        required=True,
        validate=validate.Length(min=1),
    )


class ApiPersonQuery(PageQuery):
    """Which people to list: all, or those of one organisation."""

    organisation = CleanText(load_default="", max_length=26)


class ApiPersonShown(Schema):
    """Somebody with an account, as it is answered."""

    id = fields.Integer(required=True)
    organisation = fields.String(required=True)
    name = fields.String(required=True)
    login = fields.String(required=True)
    roles = fields.List(fields.String(validate=validate.OneOf([*Role])), required=True)
    active = fields.Boolean(required=True)
    created_at = fields.String(required=True)


class ApiPersonMade(ApiPersonShown):
    """A new account, with its password this once; repeated, the password is null."""

    password = fields.String(required=True, allow_none=True)


_TOLD = ("kind", "name_vi", "name_en", "name_public", "address", "old_address")
_REACHED = ("commune_code", "phone", "email", "active")


def organisation_shown(one: Organisation) -> dict[str, Any]:
    """Return a party as it is answered, plain JSON."""
    return {
        "id": one.public_id,
        **{name: getattr(one, name) for name in (*_TOLD, *_REACHED)},
        "created_at": instant_text(one.created_at),
    }


def person_shown(person: Person, home: Organisation) -> dict[str, Any]:
    """Return somebody with an account as it is answered, plain JSON; no secret."""
    return {
        "id": person.id,
        "organisation": home.public_id,
        "name": person.name,
        "login": person.login,
        "roles": person.role_names,
        "active": person.active,
        "created_at": instant_text(person.created_at),
    }
