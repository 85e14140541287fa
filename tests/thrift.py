"""What is dear on purpose, or made again and again alike, costs tests little.

Sign-in takes a guesser time and memory; tests sign in a thousand times and guess
nothing. `tests/accounts/test_passwords.py` holds the real price.
"""

import gc
import sys
from functools import cache
from types import CodeType
from typing import Any

import pytest
from argon2 import PasswordHasher
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from traceability.accounts import passwords
from traceability.signing import keyfiles
from traceability.web.installing import Application

# jsonschema reads a grammar of 3 s for the formats "iri" and "iri-reference", which no
# schema of ours or of our peers names; tests/api/test_document.py holds that.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # "not there"

REAL_HASHER = passwords._hasher  # noqa: SLF001 (told by test_passwords)
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


class TemplatesOfThisProcess(BytecodeCache):
    """Compiles a template once, however many applications show it."""

    def __init__(self) -> None:
        self.compiled: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.compiled.get(f"{bucket.key} {bucket.checksum}")

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self.compiled[f"{bucket.key} {bucket.checksum}"] = bucket.code


def pytest_configure() -> None:
    """Sign in cheaply, compile a template once, stretch a pass phrase once."""
    options: dict[str, Any] = {"bytecode_cache": TemplatesOfThisProcess()}
    Application.jinja_options = options
    passwords._hasher = CHEAP_HASHER  # noqa: SLF001
    keyfiles._stretched = cache(keyfiles._stretched)  # noqa: SLF001


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported and collected stays: no later search for rubbish need look."""
    gc.collect()
    gc.freeze()
