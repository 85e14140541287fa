"""Sign in and out, one's own password, the first page."""

from flask import Blueprint, flash, redirect, request, session as cookie, url_for
from werkzeug.wrappers import Response

from traceability.accounts.errors import SignInFailedError
from traceability.accounts.logins import Login
from traceability.accounts.models import Person
from traceability.accounts.passwords import password_matches
from traceability.accounts.queries import (
    live_sign_in,
    organisation_by_id,
    person_by_id,
    person_by_login,
)
from traceability.accounts.schemas import PasswordSchema, SignInSchema
from traceability.accounts.service import (
    Attempt,
    actor_of,
    actor_of_api_key,
    begin_attempt,
    reset_password,
    sign_out as end_sign_in,
    start_sign_in,
)
from traceability.accounts.tokens import token_digest
from traceability.core.errors import DomainError
from traceability.core.permissions import Actor, Role
from traceability.web.auth import actor, current_actor, is_api, require, safe_next
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import SESSION_KEY, gettext as _, language
from traceability.web.menu import entries
from traceability.web.network import keyed_digest, network_digest
from traceability.web.rendering import render

COOKIE = "sign-in"
WRONG = "Name and password do not belong together."


def load_actor() -> Actor | None:
    """Return who asks: an API key under /api, else the person of the cookie."""
    use = services()
    if is_api():
        scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            return None
        with use.database.reading() as session:
            return actor_of_api_key(session, key.strip(), clock=use.clock)
    token = cookie.get(COOKIE)
    if not isinstance(token, str):
        return None
    with use.database.reading() as session:
        found = live_sign_in(session, token_digest(token), use.clock.now())
    return None if found is None else actor_of(found[1])


def home() -> Response:
    """Lead people to their work and strangers to checking a label."""
    if current_actor() is not None:
        return redirect(url_for(entries()[0].endpoint), code=303)
    return render("accounts/home.html")


def sign_in() -> Response:
    """Show the sign-in page."""
    form = Form(SignInSchema())
    return render("accounts/sign_in.html", form=form, next=_next())


def sign_in_post() -> Response:
    """Sign somebody in and lead them where they wanted to go."""
    form = Form(SignInSchema())
    if not form.load(request.form):
        return render("accounts/sign_in.html", 422, form=form, next=_next())
    try:
        token = _signed_in(form.data["login"], form.data["password"])
    except DomainError as error:
        form.fail(error)
        return render("accounts/sign_in.html", error.status, form=form, next=_next())
    chosen = cookie.get(SESSION_KEY)
    cookie.clear()  # nothing planted before signing in lives on
    cookie[COOKIE] = token
    if chosen:
        cookie[SESSION_KEY] = chosen
    return redirect(_next(), code=303)


def _next() -> str:
    return safe_next(request.values.get("next"))


def _signed_in(typed: str, password: str) -> str:
    """Return the token of a new sign-in; the slow hash runs outside transactions."""
    use = services()
    try:
        login = Login.parse(typed).text
    except DomainError:
        login = typed[:100]  # cannot exist, but takes as long and counts as a try
    attempt = Attempt(
        login_digest=keyed_digest("login", login), network_digest=network_digest()
    )
    with use.database.transaction() as session:
        begin_attempt(session, attempt, clock=use.clock)
    person = _checked(login, password)
    hours = use.settings.session_hours
    with use.database.transaction() as session:
        return start_sign_in(session, person, attempt, hours=hours, clock=use.clock)


def _checked(login: str, password: str) -> Person:
    """Return the person. Raises ``SignInFailedError``, the same for every cause."""
    with services().database.reading() as session:
        person = person_by_login(session, login)
        allowed = (
            person is not None
            and person.active
            and organisation_by_id(session, person.organisation_id).active
        )
    matches = password_matches(person.password_hash if person else None, password)
    if person is None or not matches or not allowed:
        raise SignInFailedError(WRONG)
    return person


@require()
def sign_out() -> Response:
    """End this browser's sign-in, here and on the server."""
    use = services()
    with use.database.transaction() as session:
        end_sign_in(session, str(cookie.get(COOKIE)), actor=actor(), clock=use.clock)
    cookie.clear()
    return redirect(url_for("accounts.home", lang=language()), code=303)


@require()
def account() -> Response:
    """Show one's own account."""
    return _account_page(Form(PasswordSchema()))


def _account_page(form: Form, status: int = 200) -> Response:
    may_have_keys = actor().has(Role.PRODUCER, Role.ADMINISTRATOR)
    return render(
        "accounts/account.html", status, form=form, may_have_keys=may_have_keys
    )


@require()
def account_post() -> Response:
    """Change one's own password; other browsers are signed out."""
    form = Form(PasswordSchema())
    if form.load(request.form):
        try:
            _change_password(form.data["current"], form.data["password"])
        except DomainError as error:
            form.fail(error)
        else:
            cookie.clear()
            flash(_("Your password was changed. Please sign in with it."))
            return redirect(url_for("accounts.sign_in"), code=303)
    return _account_page(form, 422)


def _change_password(current: str, password: str) -> None:
    use, who = services(), actor()
    with use.database.reading() as session:
        person = person_by_id(session, who.id or 0)
    if not password_matches(person.password_hash, current):
        raise SignInFailedError("This is not your current password.", field="current")
    with use.database.transaction() as session:
        person = person_by_id(session, person.id)
        reset_password(session, person, password, actor=who, clock=use.clock)


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint these pages."""
    blueprint.get("/")(home)
    blueprint.get("/sign-in")(sign_in)
    blueprint.post("/sign-in")(sign_in_post)
    blueprint.post("/sign-out")(sign_out)
    blueprint.get("/account")(account)
    blueprint.post("/account")(account_post)
