"""Networks are coarse: a /24 or a /48, kept only as keyed digests."""

import pytest

from traceability.web.network import network_of


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_an_address_becomes_its_network(address: str, expected: str) -> None:
    assert network_of(address) == expected
