"""Let the sample office confirm a recognition with a key of its own, step by step.

The key is made here, signs twice and is kept nowhere: who wants to confirm more makes
one in a browser, as people of that office would.
"""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation, Person
from traceability.accounts.service import actor_of
from traceability.catalog.models import Product
from traceability.ocop.models import Recognition
from traceability.ocop.records import RECOGNITION
from traceability.parties import service
from traceability.parties.listing import list_admitted
from traceability.parties.queries import confirmable, keys_of_organisation
from traceability.parties.service import Desk
from traceability.records.queries import latest_record
from traceability.signing.keys import (
    LocalSigner,
    encode_base64url,
    generate_private,
    jwk_of,
)
from traceability.signing.keystore import KeyStore
from traceability.transparency.service import TransparencyLog
from traceability.web.context import Services

OFFICER = "officer@sample.example"
ADMINISTRATOR = "admin@sample.example"


def confirm_once(use: Services, gtin: str) -> bool:
    """Give the sample office a key and confirm a product's recognition with it.

    Returns whether that was done now: not if the office has a key already, nor where
    the root key that has to list it lives elsewhere.
    """
    with use.database.transaction() as session:
        desk, office = _desk(session, use, OFFICER)
        if keys_of_organisation(session, office.id):
            return False
        signer = _signer(office, use)
        jwk = json.dumps(signer.public.jwk)
        key = service.ask_key(session, office, jwk, desk=desk)
        sent = _signed(signer, key.challenge)
        service.prove_key(session, office, key, sent, desk=desk)
        admitting, _ = _desk(session, use, ADMINISTRATOR)
        service.admit_key(session, key, desk=admitting)
    if not list_admitted(use):
        return False
    with use.database.transaction() as session:
        _confirm(session, use, gtin, signer)
    return True


def _confirm(session: Session, use: Services, gtin: str, signer: LocalSigner) -> None:
    desk, office = _desk(session, use, OFFICER)
    recognition = session.scalars(
        select(Recognition)
        .join(Product, Product.id == Recognition.product_id)
        .where(Product.gtin == gtin)
    ).one()
    address = use.identity.url(recognition.path)
    newest = latest_record(session, address, RECOGNITION)
    mark = newest.public_id if newest else ""
    record = confirmable(session, office, mark, use.identity)
    prepared = service.prepare(session, office, record, desk=desk)
    sent = _signed(signer, prepared.signing_input)
    log = use.get(TransparencyLog)
    service.confirm(session, office, prepared, sent, desk=desk, log=log)


def _signer(office: Organisation, use: Services) -> LocalSigner:
    private = generate_private()
    jwk = jwk_of(private)
    public = service.public_of(office, jwk, use.identity, use.clock.now())
    return LocalSigner(public, private)


def _desk(session: Session, use: Services, login: str) -> tuple[Desk, Organisation]:
    person = session.scalars(select(Person).where(Person.login == login)).one()
    desk = Desk(
        actor=actor_of(person),
        trust_list=use.get(KeyStore).trust_list,
        clock=use.clock,
        identity=use.identity,
    )
    return desk, session.get_one(Organisation, person.organisation_id)


def _signed(signer: LocalSigner, text: str) -> str:
    return encode_base64url(signer.sign(text.encode("ascii")))
