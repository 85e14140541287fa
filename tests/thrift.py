"""What is dear on purpose, or made again and again alike, costs tests little.

A server compiles its templates, addresses and SQL once and then answers for weeks;
tests start it a thousand times and ask it three questions.

Sign-in takes a guesser time and memory; tests sign in a thousand times and guess
nothing. `tests/accounts/test_passwords.py` holds the real price.
"""

import gc
import sys
from functools import cache
from types import CodeType
from typing import Any, ClassVar

import pytest
from argon2 import PasswordHasher
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from traceability.accounts import passwords
from traceability.db import database
from traceability.signing import keyfiles
from traceability.web.installing import Application
from traceability.web.rules import LateRule

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


class RuleOfThisProcess(LateRule):
    """Takes an address apart once, however many applications have it."""

    known: ClassVar[dict[str, LateRule]] = {}

    def compile(self) -> None:
        """Find out what the address is made of, or take it over from an equal one."""
        equal = f"{self.rule} {self.subdomain} {self.merge_slashes} {self.defaults}"
        if first := self.known.get(equal):
            for name in ("_parts", "_trace", "_converters", "arguments"):
                setattr(self, name, getattr(first, name))
            for name in ("_build", "_build_unknown"):
                setattr(self, name, getattr(first, name).__func__.__get__(self, None))
        else:
            super().compile()
            self.known[equal] = self


STATEMENTS: LRUCache[Any, Any] = LRUCache(4000)


def _engine(*args: Any, **options: Any) -> Engine:
    """Return an engine that knows what statements became for engines before it."""
    engine = create_engine(*args, **options)
    engine._compiled_cache = STATEMENTS  # noqa: SLF001
    return engine


def _hears_the_same(self: DefaultDialect, other: object) -> bool:
    """Return whether two engines get the same SQL: one driver, one release."""
    return type(self) is type(other) and _heard(self) == _heard(other)


def _heard(dialect: Any) -> list[Any]:
    names = ("dbapi", "server_version_info", "default_schema_name", "insert_returning")
    return [getattr(dialect, name, None) for name in names]


def _share_statements() -> None:
    """Let an engine be as warm as one of a server that has run for a day."""
    replaced: Any = database
    replaced.create_engine = _engine
    dialect: Any = DefaultDialect
    dialect.__eq__ = _hears_the_same
    dialect.__hash__ = lambda self: hash(type(self))


def pytest_configure() -> None:
    """Do once a process what every test's engine, application or key would do anew."""
    options: dict[str, Any] = {"bytecode_cache": TemplatesOfThisProcess()}
    Application.jinja_options = options
    Application.url_rule_class = RuleOfThisProcess
    passwords._hasher = CHEAP_HASHER  # noqa: SLF001
    keyfiles._stretched = cache(keyfiles._stretched)  # noqa: SLF001
    keyfiles._new_salt = cache(keyfiles._new_salt)  # noqa: SLF001
    _share_statements()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported and collected stays: no later search for rubbish need look."""
    gc.collect()
    gc.freeze()
