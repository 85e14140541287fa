"""A small honest world made of pure parts: keys, a log, records, a trust list."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from traceability.batches.record import (
    RECORD_TYPE,
    STATUS_RECORD_TYPE,
    BatchRecord,
    LotInput,
    ProducerClaim,
    ProductClaim,
    SiteClaim,
    StatusRecord,
)
from traceability.catalog.records import CERTIFICATE, CertificateRecord
from traceability.core.clock import day_in_vietnam
from traceability.core.identity import Identity
from traceability.core.json_text import json_text
from traceability.core.quantity import Quantity
from traceability.gs1.digital_link import DigitalLink
from traceability.gs1.keys import Gtin
from traceability.labels.seal import SealFacts, make_seal
from traceability.labels.serials import serial_for
from traceability.ocop.rating import RecognitionFacts
from traceability.ocop.records import RECOGNITION, recognition_claims
from traceability.records.credential import (
    Edition,
    RecordDraft,
    Voucher,
    digest_of,
    leaf_of,
    payload_of,
)
from traceability.signing.envelope import sign_credential
from traceability.signing.keys import (
    KeyRole,
    LocalSigner,
    PublicKey,
    alg_of,
    generate_private,
    jwk_of,
    thumbprint,
)
from traceability.signing.trust_list import Party, TrustList, sign_trust_list
from traceability.status.bitstring import bits_of
from traceability.status.lists import (
    LIFETIME,
    ListId,
    Purpose,
    StatusList,
    payload_of as payload_of_list,
)
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.merkle import NodeId, leaf_hash, root_of
from traceability.transparency.note import NoteKey, format_vkey, sign_note
from traceability.transparency.proofs import prove_consistency, prove_inclusion
from traceability.verification.evidence import (
    Evidence,
    LabelFacts,
    LabelState,
    Mode,
    ScanFacts,
    Shown,
    read_link,
)
from traceability.verification.label_checks import sealed_of
from traceability.verification.lot import (
    APPLIED_TYPE,
    REPRINT_TYPE,
    VOID_TYPE,
)
from traceability.verification.opened import LoggedRecord
from traceability.verification.stamps import BINDING_TYPE, RUN_TYPE
from traceability.verification.trust import Trust, trust_of

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
GTIN = Gtin("09520001001017")
LOT = "TRA-261101"
FIRST, COUNT = 5_000, 100
BLANK = 9_000  # the first index of blank stamps


class SerialMac:
    """A serial key that never leaves the test."""

    key_id = "serial-1"

    def digest(self, message: bytes) -> bytes:
        return sha256(b"serial key" + message).digest()


def make_key(
    role: KeyRole, host: str, alg: str = "EdDSA", **changes: Any
) -> LocalSigner:
    private = generate_private(alg)
    jwk = jwk_of(private)
    did = Identity(f"https://{host}").did
    public = PublicKey(
        kid=f"{did}#{thumbprint(jwk)}",
        alg=alg_of(jwk),
        role=role,
        party=did,
        jwk=jwk,
        not_before=START - timedelta(days=30),
    )
    return LocalSigner(public=replace(public, **changes), private=private)


@dataclass
class SmallLog:
    """A log that keeps its leaves in a list."""

    signer: LocalSigner
    origin: str
    leaves: list[bytes] = field(default_factory=list)

    @property
    def key(self) -> NoteKey:
        return NoteKey(self.origin, self.signer.public.raw)

    @property
    def vkey(self) -> str:
        return format_vkey(self.key)

    def append(self, leaf: bytes) -> int:
        self.leaves.append(leaf)
        return len(self.leaves) - 1

    def _read(self, ids: Any) -> Mapping[NodeId, bytes]:
        hashes = [leaf_hash(one) for one in self.leaves]
        return {
            one: root_of(
                hashes[one.position << one.level : (one.position + 1) << one.level]
            )
            for one in ids
        }

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        return tuple(prove_inclusion(index, size, self._read))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        return tuple(prove_consistency(old, new, self._read))

    def checkpoint(self, size: int | None = None) -> str:
        size = len(self.leaves) if size is None else size
        root = root_of([leaf_hash(one) for one in self.leaves[:size]])
        text = Checkpoint(self.origin, size, root).text()
        return sign_note(text, self.signer, self.key).format()


class World:
    """One honest service with one lot, its source lot, labels and stars."""

    def __init__(self, origin: str = "https://tx.example", alg: str = "EdDSA") -> None:
        self.identity = Identity(origin)
        host = self.identity.host
        self.root = make_key(KeyRole.ROOT, host)
        self.record_key = make_key(KeyRole.RECORD, host, alg)
        self.seal_key = make_key(KeyRole.SEAL, host)
        self.log_key = make_key(KeyRole.LOG, host)
        self.status_key = make_key(KeyRole.STATUS, host)
        self.log = SmallLog(self.log_key, self.identity.log_origin)
        self.mac = SerialMac()
        self.at = START
        self.records: dict[str, LoggedRecord] = {}
        self.told: dict[str, list[str]] = {
            kind: []
            for kind in ("records", "recognitions", "papers", "inputs", "confirmations")
        }
        self.party_keys: list[LocalSigner] = []
        self.parties: list[Party] = []
        self.producer = Voucher(
            id=self.identity.url("/organisations/p01"),
            name="HTX mẫu 01",
            basis="declared",
        )

    @property
    def signers(self) -> list[LocalSigner]:
        own = [self.root, self.record_key, self.seal_key, self.log_key]
        return [*own, self.status_key, *self.party_keys]

    def trust_list(self, **changes: Any) -> TrustList:
        honest = TrustList(
            version=3,
            issued=START,
            expires=NOW + timedelta(days=90),
            issuer=self.identity.did,
            link_origins=(self.identity.origin,),
            log_origin=self.identity.log_origin,
            log_vkey=self.log.vkey,
            parties=tuple(self.parties),
            keys=tuple(one.public for one in self.signers),
            mac_keys=(),
        )
        return replace(honest, **changes)

    def signed_trust_list(self, **changes: Any) -> str:
        return sign_trust_list(self.trust_list(**changes), signer=self.root)

    def trust(self, **changes: Any) -> Trust:
        token = self.signed_trust_list(**changes)
        return trust_of(token, self.root.public, now=NOW)

    def publish(self, name: str, draft: RecordDraft, **how: Any) -> str:
        """Sign and log a fact as its next version; keep it under a name.

        ``to`` is where a service tells of it; ``at`` the time it says, ``logged_at``
        the one its leaf says, ``signer`` who signs.
        """
        self.at += timedelta(hours=1)
        before = [
            one
            for one in self.records.values()
            if f'"subject":"{draft.subject}","type":"{draft.type}"' in one.leaf.decode()
        ]
        edition = Edition(
            record_id=f"r{len(self.log.leaves):025}",
            version=len(before) + 1,
            supersedes=digest_of(before[-1].token) if before else None,
            issued_at=how.get("at", self.at),
        )
        payload = payload_of(draft, edition, [], self.identity)
        token = self.sign({**payload, **how.get("payload", {})}, how.get("signer"))
        leaf = leaf_of(
            token,
            record_type=draft.type,
            subject=draft.subject,
            issued_at=how.get("logged_at", edition.issued_at),
        )
        self.records[name] = LoggedRecord(
            token=token, leaf=leaf, log_index=self.log.append(leaf)
        )
        self.told[how.get("to", "records")].append(name)
        return digest_of(token)

    def sign(self, payload: dict[str, Any], signer: LocalSigner | None = None) -> str:
        data = json_text(payload).encode()
        return sign_credential(data, signer=signer or self.record_key)

    def draft(self, kind: str, subject: str, claims: Mapping[str, Any]) -> RecordDraft:
        return RecordDraft(
            type=kind, subject=subject, claims=claims, vouched_by=self.producer
        )

    def proven(self, name: str, size: int | None = None) -> LoggedRecord:
        record = self.records[name]
        index = record.log_index or 0
        size = len(self.log.leaves) if size is None else size
        return replace(record, proof=self.log.inclusion(index, size))

    def link(
        self, lot: str | None = LOT, serial: str | None = None, gtin: Gtin = GTIN
    ) -> DigitalLink:
        return DigitalLink(
            origin=self.identity.origin, key=gtin, lot=lot, serial=serial
        )

    def serial(self, index: int = FIRST + 7) -> str:
        return serial_for(f"(01){GTIN}", index, self.mac)

    def batch(self, **changes: Any) -> BatchRecord:
        link = self.link()
        honest = BatchRecord(
            product=ProductClaim(
                link=str(link.product_link()),
                key_kind="gtin",
                key=str(GTIN),
                name_vi="Trà mẫu",
            ),
            producer=ProducerClaim(id=self.producer.id, name=self.producer.name),
            lot_number=LOT,
            production_date=date(2026, 11, 1),
            expiry=date(2027, 11, 1),
            quantity=Quantity(Decimal(40), "KGM"),
            site=SiteClaim(commune_code="00001", commune_name="Xã mẫu"),
        )
        return replace(honest, **changes)

    def publish_batch(self, name: str, record: BatchRecord, **how: Any) -> str:
        lot = replace(self.link(), lot=record.lot_number)
        draft = self.draft(RECORD_TYPE, str(lot), record.claims())
        return self.publish(name, draft, **how)

    def publish_status(self, name: str, status: str) -> str:
        claims = StatusRecord(status=status, reason_vi="Lý do mẫu").claims()
        return self.publish(
            name, self.draft(STATUS_RECORD_TYPE, str(self.link()), claims)
        )

    def publish_run(self, name: str, kind: str = "serial", **changes: Any) -> str:
        claims = {
            "lot": str(self.link()),
            "kind": kind,
            "firstIndex": FIRST,
            "count": COUNT,
            "stock": "a4-65",
            "serialKeyId": self.mac.key_id,
            **changes,
        }
        subject = self.identity.url(f"/label-runs/{name}")
        return self.publish(name, self.draft(RUN_TYPE, subject, claims))

    def publish_void(self, name: str, first: int, last: int, run: str = "run") -> str:
        claims = {
            "lot": str(self.link()),
            "from": first,
            "to": last,
            "reason": "Lý do mẫu",
        }
        subject = self.identity.url(f"/label-runs/{run}#void-{name}")
        return self.publish(name, self.draft(VOID_TYPE, subject, claims))

    def publish_applied(self, name: str, first: int, last: int, lot: str = "") -> str:
        claims = {
            "lot": lot or str(self.link()),
            "from": first,
            "to": last,
            "appliedOn": "2026-11-20",
        }
        subject = self.identity.url(f"/label-runs/bound/applied/{name}")
        return self.publish(name, self.draft(APPLIED_TYPE, subject, claims))

    def publish_reprint(
        self, name: str, first: int, last: int, run: str = "run"
    ) -> str:
        claims = {
            "lot": str(self.link()),
            "from": first,
            "to": last,
            "reason": "Lý do mẫu",
        }
        subject = self.identity.url(f"/label-runs/{run}#reprint-{name}")
        return self.publish(name, self.draft(REPRINT_TYPE, subject, claims))

    def publish_blanks(self, name: str, first: int = BLANK, **changes: Any) -> str:
        """A run of blank stamps of the product, as long as the lot's own run."""
        claims = {
            "product": str(self.link(lot=None)),
            "kind": "blank",
            "firstIndex": first,
            "count": COUNT,
            "stock": "a4-65",
            "serialKeyId": self.mac.key_id,
            **changes,
        }
        subject = self.identity.url(f"/label-runs/{name}")
        return self.publish(name, self.draft(RUN_TYPE, subject, claims))

    def publish_binding(
        self, name: str, first: int, last: int, run: str = "blanks", **how: Any
    ) -> str:
        """Bind stamps to the lot; ``claims`` and ``subject`` say something else."""
        link = self.identity.url(f"/label-runs/{run}")
        claims = {
            "lot": str(self.link()),
            "run": link,
            "from": first,
            "to": last,
            **how.pop("claims", {}),
        }
        subject = how.pop("subject", f"{link}#bind-{first}-{last}")
        draft = self.draft(BINDING_TYPE, subject, claims)
        return self.publish(name, draft, **how)

    def publish_certificate(self, name: str, **changes: Any) -> str:
        voucher = changes.pop("voucher", self.producer)
        certificate = CertificateRecord(
            kind="vietgap",
            number="M-1",
            body="Tổ chức mẫu",
            issued=date(2026, 1, 10),
            expires=date(2028, 1, 10),
        )
        draft = RecordDraft(
            type=CERTIFICATE,
            subject=self.identity.url(f"/certificates/{name}"),
            claims=replace(certificate, **changes).claims(),
            vouched_by=voucher,
        )
        return self.publish(name, draft, to="papers")

    def recognition(self, **changes: Any) -> RecognitionFacts:
        honest = RecognitionFacts(
            public_id="rec01",
            stars=4,
            points=Decimal(82),
            scope="",
            decision_no="12/QĐ-UBND",
            decided_by="UBND tỉnh mẫu",
            certificate_no="M-12",
            rules="26/2026/QĐ-TTg",
            issued=date(2026, 6, 1),
            expires=date(2029, 6, 1),
        )
        return replace(honest, **changes)

    def publish_recognition(
        self, name: str, facts: RecognitionFacts, gtin: Gtin = GTIN, **how: Any
    ) -> str:
        claims = recognition_claims(
            facts,
            product_link=str(self.link(lot=None, gtin=gtin)),
            recognised_by="province",
        )
        subject = self.identity.url(f"/recognitions/{facts.public_id}")
        draft = self.draft(RECOGNITION, subject, claims)
        return self.publish(name, draft, to="recognitions", **how)

    def seal(self, link: DigitalLink, **changes: Any) -> str:
        """Return the digits that seal a link; a signer and facts can be changed."""
        signer = changes.pop("signer", self.seal_key)
        facts = SealFacts(
            production_date=date(2026, 11, 1),
            expiry=date(2027, 11, 1),
            stars=4,
            stars_until=date(2029, 6, 1),
            log_index=self.index("batch"),
        )
        return make_seal(sealed_of(link), replace(facts, **changes), signer=signer)

    def status_list(self, purpose: Purpose, *indexes: int, **changes: Any) -> str:
        """Return list 0 of a purpose with some entries of the log marked.

        ``payload`` and ``subject`` replace words, ``signer`` is who signs.
        """
        words, subject = changes.pop("payload", {}), changes.pop("subject", {})
        signer = changes.pop("signer", self.status_key)
        begin = changes.pop("valid_from", NOW - timedelta(minutes=75))
        honest = StatusList(
            id=ListId(purpose, 0),
            origin=self.identity.origin,
            issuer=self.identity.did,
            valid_from=begin,
            valid_until=begin + LIFETIME,
            bits=bits_of(indexes),
        )
        payload: dict[str, Any] = payload_of_list(replace(honest, **changes))
        payload["credentialSubject"] |= subject
        return self.sign({**payload, **words}, signer)

    def status_lists(self, **changes: Any) -> tuple[str, str]:
        """Return both lists that speak of the lot, with nothing marked."""
        revoked, suspended = Purpose.REVOCATION, Purpose.SUSPENSION
        return (
            self.status_list(revoked, **changes),
            self.status_list(suspended, **changes),
        )

    def digest(self, name: str) -> str:
        return digest_of(self.records[name].token)

    def index(self, name: str) -> int:
        index = self.records[name].log_index
        assert index is not None
        return index

    def lot_input(self, lot: str, digest: str, amount: int) -> LotInput:
        return LotInput(
            lot=str(self.link(lot=lot)),
            record_sha256=digest,
            quantity=Quantity(Decimal(amount), "KGM"),
        )


def build_world(origin: str = "https://tx.example", **how: Any) -> World:
    """A lot made of another lot, four stars, one run of a hundred serial labels."""
    alg, kind = how.pop("alg", "EdDSA"), how.pop("kind", "serial")
    source_how = {"to": "inputs", **how.pop("source_how", {})}
    world = how.pop("world", None) or World(origin, alg)
    world.publish_recognition("recognition", world.recognition())
    leaves = world.batch(
        lot_number="LA-261031",
        production_date=date(2026, 10, 31),
        expiry=None,
        quantity=Quantity(Decimal(200), "KGM"),
    )
    world.at = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
    source = replace(leaves, **how.pop("source", {}))
    digest = world.publish_batch("source", source, **source_how)
    taken = world.lot_input("LA-261031", digest, how.pop("taken", 190))
    world.publish_batch("batch", world.batch(inputs=(taken,), **how))
    world.publish_run("run", kind)
    return world


def honest_evidence(world: World, **changes: Any) -> Evidence:
    """What an honest service hands over about one serial label of the world."""
    link = world.link(serial=world.serial())
    told = {
        kind: [world.proven(name) for name in names]
        for kind, names in world.told.items()
    }
    evidence = Evidence(
        mode=Mode.ONLINE,
        now=NOW,
        trust=world.trust(),
        asked=read_link(link.qr_text()),
        label=LabelFacts(state=LabelState.LIVE),
        records=told["records"],
        recognitions=told["recognitions"],
        papers=told["papers"],
        inputs=told["inputs"],
        confirmations=told["confirmations"],
        later_leaves=world.log.leaves[world.index("batch") + 1 :],
        checkpoint=world.log.checkpoint(),
        shown=Shown(
            record_sha256=digest_of(_newest_batch(world).token),
            status="issued",
            stars=4,
        ),
        scans=ScanFacts(count=2, first=day_in_vietnam(NOW)),
    )
    return replace(evidence, **changes)


def _newest_batch(world: World) -> LoggedRecord:
    subject = f'"subject":"{world.link()}","type":"{RECORD_TYPE}"'
    return [one for one in world.records.values() if subject in one.leaf.decode()][-1]
