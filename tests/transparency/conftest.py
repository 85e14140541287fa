"""A log with fresh keys; each database fixture begins empty."""

from pathlib import Path

import pytest

from tests.transparency.make_transparency import Keys, make_log
from traceability.transparency.service import TransparencyLog


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def log(tmp_path: Path, keys: Keys) -> TransparencyLog:
    return make_log(tmp_path, keys)
