"""Which network a request comes from, coarse enough not to be a person."""

import hashlib
import hmac
import ipaddress

from flask import request

from traceability.web.context import secret_key

_BITS = {4: 24, 6: 48}


def network_of(address: str) -> str:
    """Return the /24 or /48 around an address, or the text itself if it is none."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    network = ipaddress.ip_network(f"{found}/{_BITS[found.version]}", strict=False)
    return str(network)


def keyed_digest(purpose: str, value: str) -> str:
    """Return HMAC-SHA256 (hex) under this home's session secret.

    Short-lived tables hold these instead of addresses and names.
    """
    message = f"{purpose}\n{value}".encode()
    return hmac.new(secret_key(), message, hashlib.sha256).hexdigest()


def network_digest() -> str:
    """Return the keyed digest of the network that asks."""
    return keyed_digest("network", network_of(request.remote_addr or ""))
