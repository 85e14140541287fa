"""Addresses that are put together only when a page first asks for one."""

from typing import Any

from werkzeug.routing import Rule


class LateRule(Rule):
    """A rule whose address builder is compiled when it is first called.

    Werkzeug compiles two for each of our 200 addresses at every start; most are never
    asked. Should it one day call its maker otherwise, rules are as eager as before.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Any:  # noqa: FBT001, FBT002 (werkzeug's signature)
        compiled: list[Any] = []
        compile_now = super()._compile_builder

        def build(rule: Rule, *values: Any, **unknown: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_now(append_unknown))
            built: tuple[str, str] = compiled[0](rule, *values, **unknown)
            return built

        return build
