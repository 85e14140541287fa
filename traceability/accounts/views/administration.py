"""The administrator's pages: organisations, people, and everybody's trail."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from traceability.accounts.choices import ACTIONS, KINDS, ROLES
from traceability.accounts.logins import Login
from traceability.accounts.models import MAX_ID, Organisation
from traceability.accounts.passwords import new_password
from traceability.accounts.queries import (
    all_organisations,
    audit_trail,
    organisation_by_public_id,
    people_of,
    people_with_organisations,
    person_by_id,
)
from traceability.accounts.schemas import OrganisationSchema, PersonSchema
from traceability.accounts.service import (
    OrganisationDraft,
    PersonDraft,
    create_organisation,
    create_person,
    reset_password,
    set_organisation_active,
    set_person_active,
    update_organisation,
)
from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.core.text import Bilingual
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render

PAGE = 50
_administrator = require(Role.ADMINISTRATOR)


@_administrator
def organisations() -> Response:
    """List every organisation."""
    with services().database.reading() as session:
        found = all_organisations(session)
    return render("accounts/organisations.html", organisations=found, kinds=KINDS)


@_administrator
def organisation_new() -> Response:
    """Enter an organisation."""
    form = Form(OrganisationSchema(), {"name_public": True})
    if _only_looking():
        return _organisation_page(_form_as_sent(form), None)
    if not form.load(request.form):
        return _organisation_page(form, None, 422)
    use = services()
    with use.database.transaction() as session:
        found = create_organisation(
            session, _draft(form), actor=actor(), clock=use.clock
        )
    flash(_("The organisation was entered."))
    return redirect(url_for("accounts.organisation", public_id=found.public_id), 303)


@_administrator
def organisation(public_id: str) -> Response:
    """Show and change one organisation."""
    use = services()
    with use.database.reading() as session:
        found = organisation_by_public_id(session, public_id)
    form = Form(OrganisationSchema(), {f: getattr(found, f) for f in _FIELDS})
    if _only_looking():
        return _organisation_page(_form_as_sent(form), found)
    if not form.load(request.form):
        return _organisation_page(form, found, 422)
    with use.database.transaction() as session:
        found = organisation_by_public_id(session, public_id)
        update_organisation(
            session,
            found,
            _draft(form, sample=found.sample),
            actor=actor(),
            clock=use.clock,
        )
    flash(_("The changes were stored."))
    return redirect(url_for("accounts.organisation", public_id=public_id), 303)


def _only_looking() -> bool:
    """Return whether nothing is to be stored: the page is read, a commune sought."""
    return request.method == "GET" or "find" in request.form


def _form_as_sent(form: Form) -> Form:
    """Return the form with what was typed so far, unchecked."""
    if request.method == "GET":
        return form
    return Form(OrganisationSchema(), request.form.to_dict())


_FIELDS = [
    "kind",
    "name_vi",
    "name_en",
    "name_public",
    "address",
    "old_address",
    "commune_code",
    "phone",
    "email",
]


def _organisation_page(
    form: Form, found: Organisation | None, status: int = 200
) -> Response:
    people = []
    if found is not None:
        with services().database.reading() as session:
            people = list(people_of(session, found.id))
    return render(
        "accounts/organisation.html",
        status,
        form=form,
        organisation=found,
        looked="find" in request.form or bool(form.errors_of("commune_words")),
        people=people,
        kinds=KINDS,
        roles=ROLES,
    )


def _draft(form: Form, *, sample: bool = False) -> OrganisationDraft:
    data = dict(form.data)
    name = Bilingual(data.pop("name_vi"), data.pop("name_en"))
    return OrganisationDraft(name=name, sample=sample, **data)


@_administrator
def organisation_state(public_id: str) -> Response:
    """Close an organisation, or open it again."""
    use = services()
    with use.database.transaction() as session:
        found = organisation_by_public_id(session, public_id)
        set_organisation_active(
            session,
            found,
            active=request.form.get("active") == "1",
            actor=actor(),
            clock=use.clock,
        )
    flash(_("The changes were stored."))
    return redirect(url_for("accounts.organisation", public_id=public_id), 303)


@_administrator
def people() -> Response:
    """List everybody who has an account."""
    with services().database.reading() as session:
        found = people_with_organisations(session)
    return render("accounts/people.html", people=found, roles=ROLES)


@_administrator
def person_new() -> Response:
    """Give somebody an account; the password is shown once."""
    form = Form(PersonSchema(), {"organisation": request.args.get("organisation")})
    if request.method == "POST" and form.load(request.form):
        try:
            return _person_created(form)
        except DomainError as error:
            form.fail(error)
    with services().database.reading() as session:
        choices = [
            (one.public_id, one.name_vi)
            for one in all_organisations(session)
            if one.active
        ]
    status = 422 if request.method == "POST" else 200
    return render(
        "accounts/person_new.html",
        status,
        form=form,
        organisations=choices,
        roles=ROLES,
    )


def _person_created(form: Form) -> Response:
    use, password = services(), new_password()
    with use.database.transaction() as session:
        home = organisation_by_public_id(session, form.data["organisation"])
        person = create_person(
            session,
            PersonDraft(
                organisation_id=home.id,
                login=Login.parse(form.data["login"]),
                name=form.data["name"],
                password=password,
                roles=frozenset(form.data["roles"]),
            ),
            actor=actor(),
            clock=use.clock,
        )
    return render("accounts/password_shown.html", person=person, password=password)


@_administrator
def person_state(person_id: int) -> Response:
    """Close an account, or open it again."""
    use = services()
    with use.database.transaction() as session:
        set_person_active(
            session,
            person_by_id(session, person_id),
            active=request.form.get("active") == "1",
            actor=actor(),
            clock=use.clock,
        )
    flash(_("The changes were stored."))
    return redirect(url_for("accounts.people"), 303)


@_administrator
def person_password(person_id: int) -> Response:
    """Make a new password for somebody; it is shown once."""
    use, password = services(), new_password()
    with use.database.transaction() as session:
        person = person_by_id(session, person_id)
        reset_password(session, person, password, actor=actor(), clock=use.clock)
    return render("accounts/password_shown.html", person=person, password=password)


@require()
def audit_trail_page() -> Response:
    """Show who changed what: one's own organisation, or all for administrators."""
    who = actor()
    before = min(request.args.get("before", MAX_ID, type=int), MAX_ID)
    everything = who.has(Role.ADMINISTRATOR)
    with services().database.reading() as session:
        found = audit_trail(
            session,
            organisation_id=None if everything else who.organisation_id or 0,
            before=before,
            limit=PAGE + 1,
        )
    older = found[PAGE - 1].id if len(found) > PAGE else None
    return render(
        "accounts/audit_trail.html", entries=found[:PAGE], older=older, actions=ACTIONS
    )


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint these pages."""
    add, both = blueprint.add_url_rule, ["GET", "POST"]
    add("/admin/organisations", view_func=organisations)
    add("/admin/organisations/new", view_func=organisation_new, methods=both)
    add("/admin/organisations/<public_id>", view_func=organisation, methods=both)
    add(
        "/admin/organisations/<public_id>/state",
        view_func=organisation_state,
        methods=["POST"],
    )
    add("/admin/people", view_func=people)
    add("/admin/people/new", view_func=person_new, methods=both)
    person = f"/admin/people/<int(max={MAX_ID}):person_id>"
    add(f"{person}/state", view_func=person_state, methods=["POST"])
    add(f"{person}/password", view_func=person_password, methods=["POST"])
    add("/activity", endpoint="audit_trail", view_func=audit_trail_page)
