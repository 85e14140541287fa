from pathlib import Path

import pytest

from traceability.core.identity import Identity
from traceability.core.ports import Clock
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore

PASSPHRASE = "sample pass phrase of a test, 32+"


@pytest.fixture
def store(tmp_path: Path, clock: Clock, identity: Identity) -> KeyStore:
    return KeyStore(tmp_path / "keys", PASSPHRASE, identity).create(clock)


def test_a_fresh_folder_signs_in_every_role(store: KeyStore) -> None:
    assert store.state is None
    for role in (KeyRole.ROOT, KeyRole.RECORD, KeyRole.SEAL, KeyRole.LOG):
        signer = store.signer(role)
        assert store.ring.key(signer.kid).verify(b"message", signer.sign(b"message"))
    assert len(store.mac(KeyRole.SERIAL).digest(b"message")) == 32
