"""Pages of labels nobody asked for yet, under the head of an earlier label's answer."""

import re
from dataclasses import dataclass
from functools import lru_cache

from werkzeug.http import parse_accept_header

from traceability.gs1.digital_link import DigitalLink
from traceability.lookup.showing.looking import Asked
from traceability.lookup.showing.queries import moment_of, public_page
from traceability.lookup.views.guarding import guard, state_of
from traceability.lookup.views.shaping import filled
from traceability.scans.service import ScanCounter
from traceability.web.context import Services
from traceability.web.i18n import speaking
from traceability.web.kept import Fresh

# What the labels we print lead to, lot and all in letters that need no escape; nothing
# in it speaks of a language. Whatever else is asked goes the whole way.
PLAIN = re.compile(
    r"/p(/01/[0-9]{14}/10/[A-Za-z0-9_-][A-Za-z0-9._-]*/21/[0-9A-Z]{13})"
    r"(?:\?(s=([0-9]{1,400})))?"
)


@dataclass(frozen=True, slots=True)
class PageLoan:
    """Says what the page of another label is, for callers alike in all else."""

    use: Services
    language: str
    packed: bool

    def __call__(self, target: str) -> Fresh | None:
        """Return the page, if it is one of a shape that an earlier label left."""
        plain = PLAIN.fullmatch(target)
        if plain is None:
            return None
        path, query, seal = plain.groups(default="")
        with speaking(self.language):
            return self._fresh(path, query, {"s": seal} if seal else {})

    def _fresh(self, path: str, query: str, args: dict[str, str]) -> Fresh | None:
        use, counter = self.use, self.use.get(ScanCounter)
        asked = Asked(*DigitalLink.parse_target(use.identity.origin, path, query))
        waiting = counter.settled(asked.canonical)
        moment = moment_of(use)
        with use.database.looking() as session:
            page = public_page(session, asked, use, moment, waiting.count)
        made = filled(page, asked, args)
        stored = counter.stored_since(asked.canonical, waiting)
        if made is None or moment.stamp is None or stored:
            return None
        state = state_of(moment, waiting.count)
        body = made.packed if self.packed else made.body
        return Fresh(body, made.named(packed=self.packed), guard(use, asked, state))


@lru_cache(maxsize=256)
def reads_gzip(accepted: str) -> bool:
    """Return whether a caller reads gzip, by its Accept-Encoding."""
    return bool(parse_accept_header(accepted).quality("gzip") > 0)
