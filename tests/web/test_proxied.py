"""Only the proxy we know may say who asks."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from traceability.web.proxied import behind_proxy

PROXY = "192.0.2.1"


@pytest.mark.parametrize(
    ("peer", "told", "asks"),
    [
        (PROXY, "203.0.113.7", "203.0.113.7"),
        (PROXY, "10.0.0.1, 203.0.113.7", "203.0.113.7"),
        ("", "203.0.113.7", "203.0.113.7"),
        (PROXY, "", PROXY),
        ("198.51.100.9", "203.0.113.7", "198.51.100.9"),
    ],
)
def test_the_last_address_a_known_proxy_added_counts(
    peer: str, told: str, asks: str
) -> None:
    seen = []

    def application(
        environ: dict[str, Any], _start: Callable[..., Any]
    ) -> Iterable[bytes]:
        seen.append((environ["REMOTE_ADDR"], "HTTP_X_FORWARDED_FOR" in environ))
        return [b""]

    asked = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": told}
    list(behind_proxy(application, PROXY)(asked, lambda *_: None))
    assert seen == [(asks, False)]
