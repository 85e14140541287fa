"""``{% kept name in parts %}…{% endkept %}``: a part of a page rendered once.

``parts`` is a dict that lives as long as what the part tells stays true; whoever hands
it in answers for that. One that is ``none`` keeps nothing.
"""

from collections.abc import Callable

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

MOST = 64  # parts of one dict; a template that names them by what varies cannot flood


class Keeping(Extension):
    """Teach templates the tag."""

    tags = {"kept"}

    def parse(self, parser: Parser) -> nodes.Node:
        """Read the tag and its body."""
        line = next(parser.stream).lineno
        asked = parser.parse_expression()  # "name in parts" is a comparison
        if not isinstance(asked, nodes.Compare):
            parser.fail("write {% kept name in parts %}", line)
        name, parts = asked.expr, asked.ops[0].expr
        body = parser.parse_statements(("name:endkept",), drop_needle=True)
        call = self.call_method("_once", [name, parts])
        return nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _once(
        self, name: str, parts: dict[str, Markup] | None, caller: Callable[[], str]
    ) -> Markup:
        if parts is None:
            return Markup(caller())  # noqa: S704 (rendered, and escaped there)
        found = parts.get(name)
        if found is None:
            found = Markup(caller())  # noqa: S704
            if len(parts) < MOST:
                parts[name] = found
        return found
