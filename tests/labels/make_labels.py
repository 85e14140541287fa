"""Plain builders for label tests: keys that stand still, facts, labels of a run."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.batches.make_batches import Producer
from traceability.batches.models import Batch
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.labels.content import LabelFacts
from traceability.labels.job import LabelKeys, RunSpec
from traceability.labels.label import Label
from traceability.labels.models import LabelRun, LabelVoid
from traceability.labels.seal import Sealed, SealFacts, make_seal
from traceability.labels.serials import serial_for
from traceability.labels.service import VoidDraft, start_run, void_labels
from traceability.records.models import SignedRecord
from traceability.signing.envelope import read_unverified

PRODUCT = "(01)09520001001017"
LOT = "BT-2026-001"
ORIGIN = "HTTPS://TX.EXAMPLE"

FACTS = LabelFacts(
    product_name="Gạo Bao Thai Định Hóa",
    lot_number=LOT,
    production_date=date(2026, 11, 22),
    expiry=date(2027, 8, 19),
    net_content="Túi 5 kg",
    producer_name="Hợp tác xã nông sản Định Hóa (mẫu)",
    stars=4,
)
LONG_FACTS = replace(
    FACTS,
    product_name="Chè tôm nõn hái sáng sao ngay trong ngày, hộp quà vùng Ấp Ỗ Ỵ",
    lot_number="CHE-2026-0001-ABCDEF",
    producer_name="Hợp tác xã sản xuất và chế biến chè an toàn xã Tân Cương (mẫu)",
    net_content="Hộp 4 gói × 200 g",
    stars=5,
)


@dataclass(frozen=True)
class SecretMac:
    """HMAC-SHA256 under a given key."""

    secret: bytes = b"serial key of the tests"
    key_id: str = "serial-1"

    def digest(self, message: bytes) -> bytes:
        return hmac.digest(self.secret, message, "sha256")


@dataclass(frozen=True)
class EdKey:
    """An Ed25519 key that seals and verifies."""

    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    alg: str = "EdDSA"
    kid: str = "did:web:tx.example#seal"

    @property
    def key_id4(self) -> bytes:
        raw = self.private.public_key().public_bytes_raw()
        return hashlib.sha256(raw).digest()[:4]

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)

    def verify(self, message: bytes, signature: bytes) -> bool:
        return signature == self.private.sign(message)  # Ed25519 is deterministic


# What no layout has room for, whatever the design says.
TOO_SMALL = {
    ("roll-30x20", "serial"),
    ("roll-30x20", "sealed"),
    ("roll-35x22", "sealed"),
}


def make_keys(*macs: SecretMac, key: EdKey | None = None) -> LabelKeys:
    """Keys of a print room; the last MAC key is the newest."""
    known = macs or (SecretMac(),)
    by_id = {mac.key_id: mac for mac in known}
    sealer = key or EdKey()
    return LabelKeys(
        mac_of=lambda key_id: by_id[key_id] if key_id else known[-1],
        sealer=lambda: sealer,
    )


def serial_labels(count: int, *, lot: str = LOT, first: int = 1000) -> list[Label]:
    serials = [
        serial_for(PRODUCT, index, SecretMac()) for index in range(first, first + count)
    ]
    link = f"{ORIGIN}/01/{PRODUCT[4:]}/10/{lot}/21/"
    return [Label(link=link + serial, serial=serial) for serial in serials]


def sealed_labels(count: int, *, lot: str = LOT) -> list[Label]:
    key = EdKey()
    facts = SealFacts(
        production_date=date(2026, 11, 22), expiry=date(2027, 8, 19), stars=4
    )
    return [
        replace(
            label,
            seal=make_seal(
                Sealed(product=PRODUCT, lot=lot, serial=label.serial), facts, signer=key
            ),
        )
        for label in serial_labels(count, lot=lot)
    ]


def lot_labels(count: int, *, lot: str = LOT) -> list[Label]:
    return [Label(link=f"{ORIGIN}/01/{PRODUCT[4:]}/10/{lot}")] * count


class Start:
    """Starts and voids runs of one batch, each in a transaction of its own."""

    def __init__(
        self,
        database: Database,
        batch: Batch,
        producer: Producer,
        notary: Notary,
        keys: LabelKeys,
    ) -> None:
        self.database = database
        self.batch = batch
        self.actor = producer.actor
        self.notary = notary
        self.keys = keys

    def __call__(self, spec: RunSpec, batch: Batch | None = None) -> LabelRun:
        with self.database.transaction() as session:
            return start_run(
                session,
                batch or self.batch,
                spec,
                actor=self.actor,
                notary=self.notary,
                keys=self.keys,
            )

    def void(self, first: int, last: int, reason: str = "Tem in hỏng") -> LabelVoid:
        draft = VoidDraft(first=first, last=last, reason=reason)
        with self.database.transaction() as session:
            return void_labels(
                session, self.batch, draft, actor=self.actor, notary=self.notary
            )

    def claims(self, record_id: int) -> dict[str, object]:
        with self.database.reading() as session:
            record = session.get_one(SignedRecord, record_id)
            subject = read_unverified(record.token).payload["credentialSubject"]
            assert record.subject == subject["id"]
            return dict(subject)
