"""Addresses of shops that sell a product: checked, shown, never fetched by us."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from traceability.core.errors import InvalidError

MAX_LENGTH = 500
MAX_LINKS = 10
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_PLAIN = re.compile(r"[\x21-\x7e]+", re.ASCII)  # visible ASCII, no blanks
_FORBIDDEN = frozenset('\\"<>`{}|^')
_NOT_PUBLIC = frozenset(
    {"localhost", "local", "internal", "lan", "home", "test", "invalid", "onion"}
)


class ShopLinkError(InvalidError):
    """The text is no https address of a public shop."""

    code = "shop-link-invalid"


class ShopLinksManyError(InvalidError):
    """More shops than a page can show."""

    code = "shop-links-many"


@dataclass(frozen=True, slots=True)
class ShopLink:
    """One https address, as it is stored and shown."""

    url: str

    @classmethod
    def parse(cls, text: str) -> "ShopLink":
        """Read an https address of a named public host. Raises ``ShopLinkError``."""
        text = text.strip()
        if len(text) > MAX_LENGTH or not _PLAIN.fullmatch(text):
            raise _refused()
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise _refused() from None
        plain = not parts.username and not parts.password and port in {None, 443}
        if parts.scheme.lower() != "https" or not plain or not _is_public_name(host):
            raise _refused()
        if _FORBIDDEN & set(text) or "@" in parts.netloc:
            raise _refused()
        rest = text[text.index("//") + 2 + len(parts.netloc) :]
        return cls(f"https://{host}{rest}")

    @property
    def host(self) -> str:
        """Return the host as a buyer knows it, without ``www``."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")


def checked_links(texts: list[str]) -> list[ShopLink]:
    """Return the links in their order, each once.

    Raises ``ShopLinksManyError``, or ``ShopLinkError`` naming the line.
    """
    links: dict[str, ShopLink] = {}
    for number, text in enumerate(texts):
        try:
            link = ShopLink.parse(text)
        except ShopLinkError as error:
            error.field = f"shops-{number}-url"
            raise
        links[link.url] = link
    if len(links) > MAX_LINKS:
        raise ShopLinksManyError(
            "Give at most %(most)s shops.", field="shops", most=MAX_LINKS
        )
    return list(links.values())


def _is_public_name(host: str) -> bool:
    labels = host.split(".")
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        named = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
        digits = labels[-1].isdigit() or labels[-1].startswith("0x")
        return named and not digits and labels[-1] not in _NOT_PUBLIC
    return False


def _refused() -> ShopLinkError:
    return ShopLinkError(
        "Give the shop's address as https://… with its name, as the browser shows it.",
        field="url",
    )
