"""The print room's keys of a running service."""

from traceability.core.ports import Mac
from traceability.labels.job import LabelKeys
from traceability.signing.errors import KeyNotFoundError
from traceability.signing.keyfolder import down
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services


def label_keys_of(use: Services) -> LabelKeys:
    """Return the serial keys and the seal key; they raise ``SignerDownError``."""
    store = use.get(KeyStore)
    return LabelKeys(
        mac_of=lambda key_id: store.mac(KeyRole.SERIAL, key_id),
        sealer=lambda: store.signer(KeyRole.SEAL),
    )


def pepper_of(use: Services, key_id: str | None = None) -> Mac:
    """Return a pepper of scratch codes, the newest if none is named.

    Raises ``SignerDownError``, also where a home from before scratch codes whose root
    is elsewhere has none yet.
    """
    try:
        return use.get(KeyStore).mac(KeyRole.SCRATCH, key_id)
    except KeyNotFoundError:
        raise down("there is no scratch key: run `traceability keys rotate`") from None
