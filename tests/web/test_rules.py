"""Addresses are compiled late, and are the same as ever."""

from typing import Any

import pytest
from werkzeug.routing import Map, Rule

from traceability.web.rules import LateRule

RULES = ("/", "/batches/<int:number>", "/01/<gtin>/10/<path:lot>", "/a b/<x>")
VALUES: list[dict[str, Any]] = [
    {},
    {"number": 7},
    {"gtin": "0893", "lot": "CHÈ/1"},
    {"x": "%&?"},
]


def built(kind: type[Rule], number: int, values: dict[str, Any]) -> str:
    rules = [kind(rule, endpoint=str(at)) for at, rule in enumerate(RULES)]
    return Map(rules).bind("tx.example").build(str(number), values)


@pytest.mark.parametrize("number", range(len(RULES)))
def test_a_late_rule_builds_what_an_eager_one_builds(number: int) -> None:
    plain, asked = VALUES[number], {**VALUES[number], "q": "chè & cà phê"}
    assert built(LateRule, number, plain) == built(Rule, number, plain)
    assert built(LateRule, number, asked) == built(Rule, number, asked)


def test_nothing_is_compiled_before_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    compiler = Rule._compile_builder  # noqa: SLF001 (werkzeug's)

    def noting(rule: Rule, *append: bool) -> Any:
        asked.append(rule.rule)
        return compiler(rule, *append)

    monkeypatch.setattr(Rule, "_compile_builder", noting)
    adapter = Map([LateRule("/a", endpoint="a"), LateRule("/b", endpoint="b")]).bind("")
    assert adapter.match("/b") == ("b", {})
    assert asked == []
    assert adapter.build("b") == adapter.build("b") == "/b"
    assert asked == ["/b"]
