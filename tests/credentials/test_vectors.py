"""The schemas and the context kept for tests are those UN/CEFACT published."""

import hashlib
import json
import re

import pytest

from tests.credentials.make_credentials import VECTORS

ROWS = re.findall(
    r"^\| `([^`]+)` \| `https://[^`]+` \| `([0-9a-f]{64})` \|$",
    (VECTORS / "README.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_every_file_kept_is_listed() -> None:
    kept = {path.name for path in VECTORS.iterdir()} - {"README.md"}
    assert {name for name, _digest in ROWS} == kept


@pytest.mark.parametrize(("name", "digest"), ROWS)
def test_its_content_is_what_was_published(name: str, digest: str) -> None:
    document = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == digest
