"""A key folder, freshly made."""

from pathlib import Path

import pytest

from tests.signing.make_signing import PASSPHRASE
from traceability.core.identity import Identity
from traceability.core.ports import Clock
from traceability.signing.keystore import KeyStore


@pytest.fixture
def store(tmp_path: Path, clock: Clock, identity: Identity) -> KeyStore:
    return KeyStore(tmp_path / "keys", PASSPHRASE, identity).create(clock)
