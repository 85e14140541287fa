"""A notary with fresh keys and a log of its own."""

from pathlib import Path

import pytest

from tests.catalog.make_catalog import make_notary
from traceability.core.identity import Identity
from traceability.core.ports import Clock, Notary


@pytest.fixture
def notary(tmp_path: Path, clock: Clock, identity: Identity) -> Notary:
    return make_notary(tmp_path, clock, identity)
