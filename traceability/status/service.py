"""Sign status lists, and keep each while neither its bits nor the hour changed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from traceability.core.identity import Identity
from traceability.core.json_text import json_text
from traceability.core.ports import Clock
from traceability.signing.envelope import sign_credential
from traceability.signing.keys import LocalSigner
from traceability.status.bitstring import SIZE, bits_of
from traceability.status.errors import StatusListNotFoundError
from traceability.status.lists import LIFETIME, ListId, StatusList, payload_of
from traceability.status.queries import Marked, last_change, marked
from traceability.transparency.head_file import Published
from traceability.transparency.queries import compare, read_head

MOST_KEPT = 32


class StatusLists:
    """The lists of this service; threads share it.

    Everything in a list follows from the database and the hour, its beginning too, so
    that processes beside each other sign the same and no list seems older than one
    that another process gave out before.
    """

    def __init__(
        self, *, signer_of: Callable[[], LocalSigner], clock: Clock, identity: Identity
    ) -> None:
        self._signer_of = signer_of
        self._clock = clock
        self._identity = identity
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, StatusList], str] = OrderedDict()

    def token(
        self, session: Session, wanted: ListId, *, published: Published | None
    ) -> str:
        """Return a list as it is now, signed.

        ``published`` was read before the session read anything: a database that is
        behind it may have forgotten a recall. Raises ``StatusListNotFoundError`` beyond
        the log, ``SignerDownError``, ``LogRefusedError``.
        """
        head = read_head(session)
        compare(session, head, published)
        if head is None or wanted.number * SIZE >= head.size:
            raise StatusListNotFoundError("The log is not that long yet.")
        signer = self._signer_of()
        return self._signed(self._list(session, wanted, signer), signer)

    def _list(
        self, session: Session, wanted: ListId, signer: LocalSigner
    ) -> StatusList:
        rows = marked(session, wanted, self._identity.url)
        begin = self._begin(rows, last_change(session), signer)
        return StatusList(
            id=wanted,
            origin=self._identity.origin,
            issuer=self._identity.did,
            valid_from=begin,
            valid_until=begin + LIFETIME,
            bits=bits_of(index % SIZE for index, _ in rows),
        )

    def _begin(
        self, rows: Sequence[Marked], changed: datetime | None, signer: LocalSigner
    ) -> datetime:
        """Return since when the list holds: this hour, or what happened within it."""
        hour = self._clock.now().replace(minute=0, second=0, microsecond=0)
        signed = [at for _, at in rows]
        instants = [hour, signer.public.not_before, *signed, changed or hour]
        return max(instants).replace(microsecond=0)

    def _signed(self, one: StatusList, signer: LocalSigner) -> str:
        key = (signer.kid, one)
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        token = sign_credential(json_text(payload_of(one)).encode(), signer=signer)
        with self._lock:
            self._kept[key] = token
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return token
