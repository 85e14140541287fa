"""Bring admitted keys into the trust list, where the root key is at hand."""

from collections.abc import Sequence

from traceability.parties.queries import admitted_keys
from traceability.records.trust_list_record import log_trust_list
from traceability.signing.errors import RootElsewhereError
from traceability.signing.keystore import OVERLAP, KeyStore
from traceability.signing.parties import Admission, admission
from traceability.web.context import Services


def admissions(use: Services) -> Sequence[Admission]:
    """Return every key that was admitted, listed by now or not."""
    with use.database.reading() as session:
        return [
            Admission(public_id=party.public_id, name=party.name_vi, jwk=key.jwk)
            for key, party in admitted_keys(session)
        ]


def list_admitted(use: Services) -> bool:
    """Sign a trust list with the keys admitted so far, and log it.

    Returns whether that could be done: the root may live on another machine, and then
    they stand in the next list it signs. Run again, it changes nothing.
    """
    store = use.get(KeyStore)
    change = admission(use.identity, admissions(use), overlap=OVERLAP)
    try:
        store.change(change, use.clock)
    except RootElsewhereError:
        return False
    log_trust_list(use)
    return True
