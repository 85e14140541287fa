"""Pages on which a party asks for a key, and confirms with it what is recorded."""

import json
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.accounts.queries import organisation_by_id
from traceability.core.permissions import Role
from traceability.parties import queries, service
from traceability.parties.errors import PartyKeyMissingError
from traceability.parties.listing import list_admitted
from traceability.parties.models import Prepared
from traceability.parties.schemas import (
    PartyKeySchema,
    PrepareSchema,
    SignatureSchema,
    WithdrawSchema,
)
from traceability.parties.service import Desk
from traceability.parties.wording import KINDS, STATES, about, detail, state_of
from traceability.records import wording
from traceability.records.models import SignedRecord
from traceability.records.telling import told
from traceability.signing.envelope import read_unverified
from traceability.signing.errors import KeyBurntError
from traceability.signing.holding import read_asked
from traceability.signing.keys import PublicKey
from traceability.signing.keystore import KeyStore
from traceability.transparency.service import TransparencyLog
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import (
    STORED,
    gone_on,
    own_organisation,
    submitted,
)

Answer = Response | Any
blueprint = Blueprint("parties", __name__)
_holder = require(Role.PRODUCER, Role.OFFICER, Role.INSPECTOR)
_administrator = require(Role.ADMINISTRATOR)


def _desk() -> Desk:
    use = services()
    trust_list = use.get(KeyStore).trust_list
    return Desk(
        actor=actor(), trust_list=trust_list, clock=use.clock, identity=use.identity
    )


def _party(session: Session) -> Organisation:
    return organisation_by_id(session, own_organisation())


@blueprint.route("/organisation/keys", methods=["GET", "POST"])
@_holder
def keys() -> Answer:
    """List one's own organisation's keys; send a new public key."""
    form, desk = Form(PartyKeySchema()), _desk()
    made: list[str] = []
    burnt = False

    def write(session: Session) -> None:
        nonlocal burnt
        party = _party(session)
        try:
            key = service.ask_key(session, party, form.data["jwk"], desk=desk)
        except KeyBurntError:
            burnt = True
            raise
        made.append(key.public_id)

    status = submitted(form, write)
    form = _without_what_was_typed(form) if burnt else form
    if status == STORED:
        address = url_for("parties.key", public_id=made[-1])
        return gone_on(_("Now show that you hold the key."), address)
    with services().database.reading() as session:
        found = queries.keys_of_organisation(session, own_organisation())
    now = desk.clock.now()
    return render(
        "parties/keys.html",
        status,
        form=form,
        keys=[(one, state_of(one, desk.trust_list, now)) for one in found],
        states=STATES,
    )


def _without_what_was_typed(form: Form) -> Form:
    """Return the form with its refusals only: a secret is never shown again."""
    blank = Form(form.schema)
    blank.errors += form.errors
    return blank


@blueprint.route("/organisation/keys/<public_id>", methods=["GET", "POST"])
@_holder
def key(public_id: str) -> Answer:
    """Show a key, and take the signature that proves it."""
    form, desk = Form(SignatureSchema()), _desk()

    def write(session: Session) -> None:
        found = queries.key_of(session, own_organisation(), public_id)
        party = _party(session)
        service.prove_key(session, party, found, form.data["signature"], desk=desk)

    with services().database.reading() as session:
        found = queries.key_of(session, own_organisation(), public_id)
    status = submitted(form, write)
    if status == STORED:
        said = _("Proven. An administrator of this system admits the key now.")
        return gone_on(said, url_for("parties.keys"))
    return render(
        "parties/key.html",
        status,
        form=form,
        key=found,
        state=state_of(found, desk.trust_list, desk.clock.now()),
        states=STATES,
        asked=read_asked(found.challenge),
    )


@blueprint.get("/organisation/keys/<public_id>/to-sign")
@_holder
def key_to_sign(public_id: str) -> Response:
    """Download the text that proves a key, for the command line to sign."""
    with services().database.reading() as session:
        found = queries.key_of(session, own_organisation(), public_id)
    return _download(found.challenge, f"proof-{found.public_id}.to-sign")


@blueprint.get("/confirmations")
@_holder
def confirmations() -> Response:
    """List what waits for one's own organisation's word, and what has it."""
    desk = _desk()
    with services().database.reading() as session:
        party = _party(session)
        waiting = queries.waiting_for(session, party, desk.identity)
        standing = queries.spoken_of(session, party)
        addresses = {one.public_id: about(one) for one in (*waiting, *standing)}
        products = queries.products_of(session, addresses, desk.identity)
    return render(
        "parties/confirmations.html",
        waiting=waiting,
        standing=standing,
        most=queries.MOST,
        kinds=KINDS,
        products=products,
        detail=detail,
        key=_key_or_none(party, desk),
        party=party,
    )


def _key_or_none(party: Organisation, desk: Desk) -> PublicKey | None:
    try:
        return service.signing_key(party, desk)
    except PartyKeyMissingError:
        return None


@blueprint.post("/confirmations")
@_holder
def prepare() -> Answer:
    """Write down what is to be signed: a confirmation, or that one is taken back."""
    withdrawing = "reason" in request.form
    form = Form(WithdrawSchema() if withdrawing else PrepareSchema())
    if not form.load(request.form):
        flash(_("Say in a few words why you take it back."), "error")
        return redirect(url_for("parties.confirmations"), HTTPStatus.SEE_OTHER)
    desk, made = _desk(), []

    def write(session: Session) -> None:
        party = _party(session)
        record = queries.confirmable(session, party, form.data["record"], desk.identity)
        withdrawal = form.data.get("reason")
        made.append(
            service.prepare(session, party, record, desk=desk, withdrawal=withdrawal)
        )

    services().database.written(write)
    address = url_for("parties.confirmation", public_id=made[-1].public_id)
    return redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.route("/confirmations/<public_id>", methods=["GET", "POST"])
@_holder
def confirmation(public_id: str) -> Answer:
    """Show exactly what will be signed; take the signature."""
    form, desk, use = Form(SignatureSchema()), _desk(), services()
    log = use.get(TransparencyLog)

    def write(session: Session) -> None:
        prepared = queries.prepared_of(session, own_organisation(), public_id)
        signature = form.data["signature"]
        party = _party(session)
        service.confirm(session, party, prepared, signature, desk=desk, log=log)

    with use.database.reading() as session:
        prepared = queries.prepared_of(session, own_organisation(), public_id)
        record = service.check_fresh(session, prepared, desk=desk)
    status = submitted(form, write)
    if status == STORED:
        said = _("Taken back.") if prepared.withdrawn else _("Confirmed.")
        return gone_on(said, url_for("parties.confirmations"))
    return _confirmation_page(form, prepared, record, status)


def _confirmation_page(
    form: Form, prepared: Prepared, record: SignedRecord, status: int
) -> Response:
    asked = read_asked(prepared.signing_input)
    payload = read_unverified(record.token).payload
    return render(
        "parties/confirmation.html",
        status,
        form=form,
        prepared=prepared,
        record=record,
        kind=KINDS.get(record.type, record.type),
        lines=told(payload["credentialSubject"], services().identity.origin),
        words=wording,
        asked=asked,
        pretty=_pretty(asked.payload),
        mark=asked.kid.partition("#")[2],
    )


@blueprint.get("/confirmations/<public_id>/to-sign")
@_holder
def confirmation_to_sign(public_id: str) -> Response:
    """Download what is to be signed, for the command line."""
    with services().database.reading() as session:
        prepared = queries.prepared_of(session, own_organisation(), public_id)
    name = f"confirmation-{prepared.public_id}.to-sign"
    return _download(prepared.signing_input, name)


@blueprint.get("/admin/party-keys")
@_administrator
def admin_keys() -> Response:
    """List the keys that parties have proven."""
    desk = _desk()
    with services().database.reading() as session:
        found = queries.all_keys(session)
    now = desk.clock.now()
    return render(
        "parties/admin_keys.html",
        keys=[
            (one, party, state_of(one, desk.trust_list, now)) for one, party in found
        ],
        states=STATES,
        me=actor().id,
    )


@blueprint.post("/admin/party-keys/<public_id>/<any(admit,refuse):name>")
@_administrator
def decide(public_id: str, name: str) -> Answer:
    """Admit a key into the trust list, or refuse it."""
    desk, use = _desk(), services()
    act = service.admit_key if name == "admit" else service.refuse_key

    def write(session: Session) -> None:
        act(session, queries.any_key(session, public_id), desk=desk)

    use.database.written(write)
    address = url_for("parties.admin_keys")
    if name == "refuse":
        return gone_on(_("The key was refused."), address)
    if list_admitted(use):
        return gone_on(_("The key is in the trust list."), address)
    return gone_on(
        _(
            "Admitted. The root key is elsewhere: run `traceability keys export FILE"
            " --unsigned-list`, sign it there, and import it."
        ),
        address,
    )


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def _download(text: str, name: str) -> Response:
    answer = Response(f"{text}\n", content_type="text/plain; charset=us-ascii")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
