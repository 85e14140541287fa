"""Parties with keys of their own in the small honest world, and what they confirm."""

from dataclasses import replace
from typing import Any

from tests.verification.make_verification import World, make_key
from traceability.records.confirmation import (
    BASIS,
    CONFIRMATION,
    Confirmation,
    confirmation_subject,
)
from traceability.records.credential import RecordDraft, Voucher, digest_of
from traceability.signing.envelope import read_unverified
from traceability.signing.keys import KeyRole, LocalSigner, thumbprint
from traceability.signing.parties import party_did, party_url
from traceability.signing.trust_list import Party
from traceability.verification.evidence import ShownConfirmation

AUTHORITY, LABORATORY = "a01", "l01"
NAMES = {AUTHORITY: "Sở mẫu", LABORATORY: "Phòng thử nghiệm mẫu"}


def admit(
    world: World, public_id: str = AUTHORITY, alg: str = "EdDSA", **changes: Any
) -> LocalSigner:
    """Give a party a key that the world's trust list names."""
    made = make_key(KeyRole.RECORD, world.identity.host, alg)
    did = party_did(world.identity, public_id)
    kid = f"{did}#{thumbprint(made.public.jwk)}"
    public = replace(made.public, kid=kid, party=did, **changes)
    signer = LocalSigner(public=public, private=made.private)
    world.party_keys.append(signer)
    if did not in {one.id for one in world.parties}:
        world.parties.append(Party(id=did, name=NAMES[public_id]))
    return signer


def confirm(
    world: World,
    name: str,
    signer: LocalSigner,
    of: str = "batch",
    public_id: str = AUTHORITY,
    **how: Any,
) -> ShownConfirmation:
    """Log a party's word on a record; return what a page would say of it.

    ``digest`` is the one that is signed, ``word`` further claims.
    """
    token = world.records[of].token
    url = str(read_unverified(token).payload["id"])
    word = Confirmation(
        record=url,
        record_sha256=how.pop("digest", digest_of(token)),
        withdrawn=how.pop("withdrawn", False),
        reason="Lý do mẫu",
    )
    voucher = Voucher(
        id=party_url(world.identity, public_id), name=NAMES[public_id], basis=BASIS
    )
    draft = RecordDraft(
        type=CONFIRMATION,
        subject=confirmation_subject(url, public_id),
        claims=word.claims(),
        vouched_by=voucher,
    )
    issuer = {"issuer": how.pop("issuer", signer.public.party)}
    world.publish(name, draft, to="confirmations", signer=signer, payload=issuer, **how)
    return ShownConfirmation(
        record_sha256=digest_of(token), party=voucher.id, name=voucher.name
    )
