"""The notary of a running service: its record key, log, clock and address."""

from traceability.core.ports import Notary
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.transparency.service import TransparencyLog
from traceability.web.context import Services


def notary_of(use: Services) -> Notary:
    """Return what signs records now. Raises ``SignerDownError``."""
    return Notary(
        signer=use.get(KeyStore).signer(KeyRole.RECORD),
        log=use.get(TransparencyLog),
        clock=use.clock,
        identity=use.identity,
    )
