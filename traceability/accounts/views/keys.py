"""The page on which an organisation makes and revokes its programs' keys."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from traceability.accounts.choices import SCOPES
from traceability.accounts.expiry import end_of_day
from traceability.accounts.kinds import scopes_of
from traceability.accounts.models import MAX_ID
from traceability.accounts.queries import api_key_of, api_keys_of
from traceability.accounts.schemas import ApiKeySchema
from traceability.accounts.service import (
    ApiKeyDraft,
    create_api_key,
    revoke_api_key,
)
from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render

_allowed = require(Role.PRODUCER, Role.ADMINISTRATOR)


@_allowed
def api_keys() -> Response:
    """List one's own organisation's keys; make a new one."""
    form = Form(ApiKeySchema())
    if request.method == "POST" and form.load(request.form):
        try:
            return _key_made(form)
        except DomainError as error:
            form.fail(error)
    with services().database.reading() as session:
        found = api_keys_of(session, actor().organisation_id or 0)
    return render(
        "accounts/api_keys.html",
        422 if form.failed else 200,
        form=form,
        keys=found,
        scopes=SCOPES,
        offered={scope: SCOPES[scope] for scope in scopes_of(actor().roles)},
        now=services().clock.now(),
    )


def _key_made(form: Form) -> Response:
    use, who = services(), actor()
    draft = ApiKeyDraft(
        organisation_id=who.organisation_id or 0,
        name=form.data["name"],
        scopes=frozenset(form.data["scopes"]),
        expires_at=end_of_day(form.data["expires"]),
    )
    with use.database.transaction() as session:
        key, whole = create_api_key(session, draft, actor=who, clock=use.clock)
    return render("accounts/api_key_shown.html", key=key, whole=whole)


@_allowed
def api_key_revoke(key_id: int) -> Response:
    """Revoke one of the organisation's keys."""
    use, who = services(), actor()
    with use.database.transaction() as session:
        key = api_key_of(session, who.organisation_id or 0, key_id)
        revoke_api_key(session, key, actor=who, clock=use.clock)
    flash(_("The key was revoked."))
    return redirect(url_for("accounts.api_keys"), 303)


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint these pages."""
    add = blueprint.add_url_rule
    add("/account/api-keys", view_func=api_keys, methods=["GET", "POST"])
    add(
        f"/account/api-keys/<int(max={MAX_ID}):key_id>/revoke",
        view_func=api_key_revoke,
        methods=["POST"],
    )
