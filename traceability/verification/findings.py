"""What a check says: pass, fail or not checked, and the sentence that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from traceability.core.errors import DomainError
from traceability.signing.entries import instant_text


class Result(StrEnum):
    """How a check ended; a check that could not be done is never a pass."""

    PASS = "pass"  # noqa: S105 (a result, no password)
    FAIL = "fail"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal as data: permanent code, English msgid and what fills it."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, error: DomainError) -> "Problem":
        """Return a raised refusal as data."""
        return cls(error.code, error.message, MappingProxyType(dict(error.params)))

    @property
    def text(self) -> str:
        """Return the English sentence."""
        return self.message % self.params if self.params else self.message


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One numbered check, done."""

    number: int
    result: Result
    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the check's permanent name."""
        return NAMES[self.number]

    @property
    def title(self) -> str:
        """Return what the check asks, as a msgid."""
        return TITLES[self.number]

    @cached_property
    def detail(self) -> str:
        """Return what was found, in English; instants are told as in UTC."""
        shown = {name: _plain(value) for name, value in self.params.items()}
        return self.message % shown if shown else self.message

    def as_json(self) -> dict[str, object]:
        """Return the shape that commands and the API print."""
        return {
            "number": self.number,
            "name": self.name,
            "result": self.result.value,
            "detail": self.detail,
        }


def _plain(value: object) -> object:
    return instant_text(value) if isinstance(value, datetime) else value


def passed(number: int, code: str, message: str, /, **params: object) -> Finding:
    """Return a check that holds."""
    return Finding(
        number=number, result=Result.PASS, code=code, message=message, params=params
    )


def failed(number: int, code: str, message: str, /, **params: object) -> Finding:
    """Return a check that does not hold."""
    return Finding(
        number=number, result=Result.FAIL, code=code, message=message, params=params
    )


def not_checked(number: int, code: str, message: str, /, **params: object) -> Finding:
    """Return a check that could not be done, with the reason."""
    return Finding(
        number=number,
        result=Result.NOT_CHECKED,
        code=code,
        message=message,
        params=params,
    )


def not_checked_for(number: int, problem: Problem) -> Finding:
    """Return a check that could not be done for a reason met below."""
    return not_checked(number, problem.code, problem.message, **problem.params)


def refused(number: int, problem: Problem) -> Finding:
    """Return a check that fails for a reason met below."""
    return failed(number, problem.code, problem.message, **problem.params)


# Permanent: scripts, documents and the inspector's screen say the same.
NAMES: Mapping[int, str] = MappingProxyType(
    {
        1: "link",
        2: "host",
        3: "seal",
        4: "serial",
        5: "signature",
        6: "log",
        7: "consistency",
        8: "currency",
        9: "claims",
        10: "genealogy",
        11: "scans",
    }
)
TITLES: Mapping[int, str] = MappingProxyType(
    {
        1: "The link is well formed and its check digits hold",
        2: "Its host is one the trust list names",
        3: "The seal in the code verifies",
        4: "The serial is genuine and live in this lot",
        5: "The record is signed by a key valid at that time",
        6: "The record is in the public log",
        7: "The log continues what was seen before",
        8: "The record is the latest; not held, recalled or expired",
        9: "What is shown as valid is valid: stars, certificates, rights",
        10: "The way here holds: inputs, quantities, dates",
        11: "Scans show no sign of copying",
    }
)
