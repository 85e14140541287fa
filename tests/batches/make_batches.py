"""Plain builders: producers with a product and a place, notaries, drafts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.batches.drafts import BatchDraft, InputDraft
from traceability.batches.models import Batch
from traceability.batches.service import issue_batch, register_batch
from traceability.catalog.models import Product, Site
from traceability.core.identity import Identity
from traceability.core.ids import new_id
from traceability.core.permissions import Actor, Role
from traceability.core.ports import Clock, Notary
from traceability.core.quantity import Quantity
from traceability.signing.keys import (
    KeyRole,
    LocalSigner,
    PublicKey,
    alg_of,
    jwk_of,
    thumbprint,
    vkey_of,
)
from traceability.transparency.service import TransparencyLog

HOME = "05587"  # a commune of 2025
GTINS = ["09520001001017", "09520001002014", "09520001003011"]


@dataclass(frozen=True)
class Producer:
    """An organisation with one product and one place, and who acts for it."""

    actor: Actor
    product_id: int
    site_id: int


def make_signer(
    identity: Identity, clock: Clock, role: KeyRole, seed: bytes | None = None
) -> LocalSigner:
    private = Ed25519PrivateKey.from_private_bytes(seed or token_bytes(32))
    jwk = jwk_of(private)
    public = PublicKey(
        kid=f"{identity.did}#{thumbprint(jwk)}",
        alg=alg_of(jwk),
        role=role,
        party=identity.did,
        jwk=jwk,
        not_before=clock.now(),
    )
    return LocalSigner(public, private)


def make_log(folder: Path, identity: Identity, signer: LocalSigner) -> TransparencyLog:
    vkey = vkey_of(identity.log_origin, signer.public.jwk)
    return TransparencyLog(
        signer_of=lambda: signer,
        vkeys_of=lambda: [vkey],
        origin=identity.log_origin,
        head_file=folder / "log-head",
    )


def make_notary(folder: Path, identity: Identity, clock: Clock) -> Notary:
    log = make_log(folder, identity, make_signer(identity, clock, KeyRole.LOG))
    signer = make_signer(identity, clock, KeyRole.RECORD)
    return Notary(signer=signer, log=log, clock=clock, identity=identity)


def make_organisation(
    session: Session, clock: Clock, name: str, **values: Any
) -> Organisation:
    organisation = Organisation(
        public_id=new_id(),
        kind=values.pop("kind", "cooperative"),
        name_vi=name,
        created_at=clock.now(),
        **values,
    )
    session.add(organisation)
    session.flush()
    return organisation


def make_producer(
    session: Session, clock: Clock, number: int = 0, **values: Any
) -> Producer:
    organisation = make_organisation(session, clock, f"HTX mẫu {number}", **values)
    product = make_product(session, clock, organisation.id, gtin=GTINS[number])
    site = make_site(session, clock, organisation.id)
    actor = Actor(
        kind="person",
        id=1,
        name="Người nhập mẫu",
        organisation_id=organisation.id,
        roles=frozenset({Role.PRODUCER}),
    )
    return Producer(actor, product.id, site.id)


def make_site(session: Session, clock: Clock, organisation_id: int) -> Site:
    site = Site(
        public_id=new_id(),
        organisation_id=organisation_id,
        kind="facility",
        name="Cơ sở mẫu",
        commune_code=HOME,
        created_at=clock.now(),
    )
    session.add(site)
    session.flush()
    return site


def make_product(
    session: Session, clock: Clock, organisation_id: int, **values: Any
) -> Product:
    public_id = new_id()
    product = Product(
        public_id=public_id,
        organisation_id=organisation_id,
        name_vi="Chè mẫu",
        name_folded=f"chè mẫu {public_id}",
        created_at=clock.now(),
        **values,
    )
    session.add(product)
    session.flush()
    return product


def make_officer(session: Session, clock: Clock) -> Actor:
    authority = make_organisation(session, clock, "Sở mẫu", kind="authority")
    return Actor(
        kind="person",
        id=2,
        name="Cán bộ mẫu",
        organisation_id=authority.id,
        roles=frozenset({Role.OFFICER}),
    )


def make_draft(producer: Producer, **values: Any) -> BatchDraft:
    return BatchDraft(
        **{
            "product_id": producer.product_id,
            "site_id": producer.site_id,
            "production_date": date(2026, 11, 20),
            "quantity": kilos(100),
            **values,
        }
    )


def kilos(amount: str | int) -> Quantity:
    return Quantity(Decimal(amount), "KGM")


def taking(source: Batch, amount: str | int) -> InputDraft:
    return InputDraft(source=source.digital_link, quantity=kilos(amount))


def make_batch(
    session: Session, producer: Producer, notary: Notary, **values: Any
) -> Batch:
    """Register a draft; with ``issued=True`` issue it too."""
    issued = values.pop("issued", False)
    batch = register_batch(
        session,
        make_draft(producer, **values),
        actor=producer.actor,
        clock=notary.clock,
        identity=notary.identity,
    )
    if issued:
        issue_batch(session, batch, actor=producer.actor, notary=notary)
    return batch
