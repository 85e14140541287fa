"""Name the party whose word a record is."""

from typing import Protocol

from traceability.core.identity import Identity
from traceability.records.credential import Voucher


class Party(Protocol):
    """An organisation as far as a record names it."""

    @property
    def public_id(self) -> str:
        """Return the id its address is made of."""
        ...

    @property
    def name_public(self) -> bool:
        """Return whether its name may enter signed bytes."""
        ...

    @property
    def name_vi(self) -> str:
        """Return its Vietnamese name."""
        ...


def voucher_of(party: Party, *, basis: str, identity: Identity) -> Voucher:
    """Return the party as a record names it; a private name stays out."""
    return Voucher(
        id=identity.url(f"/organisations/{party.public_id}"),
        name=party.name_vi if party.name_public else "",
        basis=basis,
    )
