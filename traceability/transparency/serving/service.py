"""Show what was published of the log: its head, its leaves, its proofs."""

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from traceability.core.errors import UnavailableError
from traceability.core.ports import Signer
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.cosignatures import has_quorum
from traceability.transparency.cosigned_file import Cosigned, CosignedFiles
from traceability.transparency.errors import (
    InclusionError,
    LeafNotFoundError,
    LogDamagedError,
    LogEmptyError,
    LogForkedError,
    LogHeadMissingError,
    LogUnpublishedError,
)
from traceability.transparency.head_file import HeadFile, Published
from traceability.transparency.log_keys import LogKeys
from traceability.transparency.merkle import leaf_hash
from traceability.transparency.policy import Policy
from traceability.transparency.proofs import (
    HashReader,
    prove_consistency,
    prove_inclusion,
    verify_inclusion,
)
from traceability.transparency.queries import (
    UpperNodes,
    read_head,
    read_leaves,
    read_size,
)
from traceability.transparency.tlog_proof import TlogProof, format_proof


class ServedLog:
    """The log as everybody may read it; it appends nothing.

    ``vkeys_of`` gives the log's verifier keys, the one that signs now first, then
    those of earlier times. ``policy`` names the witnesses asked to cosign its heads.
    """

    def __init__(
        self,
        *,
        signer_of: Callable[[], Signer],
        vkeys_of: Callable[[], Sequence[str]],
        origin: str,
        head_file: Path,
        policy: Policy | None = None,
    ) -> None:
        self.origin = origin
        self._keys = LogKeys(origin, signer_of, vkeys_of)
        self._file = HeadFile(head_file, self._keys.open)
        self._upper = UpperNodes()
        self.cosigned = CosignedFiles(
            head_file.parent / "cosigned", policy or Policy(), self._keys.open
        )

    @property
    def vkey(self) -> str:
        """Return the verifier key of checkpoints signed now (C2SP signed-note)."""
        return self._keys.vkeys_of()[0]

    def checkpoint(self, session: Session) -> str:
        """Return the newest published checkpoint whose tree this session can read.

        Raises ``LogEmptyError``, ``LogHeadMissingError``, ``LogForkedError``.
        """
        return self.cosigned.of(self._served(session)).note

    def published(self) -> Published | None:
        """Return the last published head, or nothing where its file cannot be used.

        Its note carries the cosignatures collected so far.
        """
        head = self.cosigned_head()
        return Published(head.note, head.checkpoint) if head else None

    def cosigned_head(self) -> Cosigned | None:
        """Return the last published head and who has cosigned it, if it is readable."""
        try:
            found = self._file.read()
        except UnavailableError:
            return None
        return self.cosigned.of(found) if found else None

    def tree_size(self, session: Session) -> int:
        """Return how many leaves the served checkpoint covers, 0 for an empty log."""
        try:
            return self._served(session).checkpoint.size
        except LogEmptyError:
            return 0

    def leaf(self, session: Session, index: int) -> bytes:
        """Return a leaf's bytes. Raises ``LeafNotFoundError``."""
        found = read_leaves(session, index, index + 1)
        if not found:
            raise LeafNotFoundError("The log has no entry %(index)s.", index=index)
        return found[0].data

    def inclusion_proof(
        self, session: Session, index: int, tree_size: int
    ) -> list[bytes]:
        """Return the path from a leaf to the root at a size.

        Raises ``LeafNotFoundError`` outside the tree.
        """
        if not 0 <= index < tree_size <= read_size(session):
            raise LeafNotFoundError("The log has no entry %(index)s.", index=index)
        return prove_inclusion(index, tree_size, self._reader(session))

    def consistency_proof(self, session: Session, old: int, new: int) -> list[bytes]:
        """Return the proof that the tree at ``new`` extends the one at ``old``.

        Raises ``LeafNotFoundError`` beyond the tree.
        """
        if not 0 <= old <= new <= read_size(session):
            raise LeafNotFoundError("The log has no entry %(index)s.", index=new)
        return prove_consistency(old, new, self._reader(session))

    def proof_text(self, session: Session, index: int, leaf: bytes) -> str:
        """Return the tlog-proof of a leaf under ``head_for`` it.

        The leaf travels as extra data. Raises ``LogUnpublishedError`` where the
        checkpoint does not reach it yet, ``LogDamagedError`` where the log holds
        something else there.
        """
        served = self.head_for(session, index + 1)
        checkpoint = served.checkpoint
        if index >= checkpoint.size:
            raise LogUnpublishedError("This entry is not published yet.")
        hashes = prove_inclusion(index, checkpoint.size, self._reader(session))
        try:
            verify_inclusion(
                leaf_hash(leaf), index, checkpoint.size, hashes, checkpoint.root
            )
        except InclusionError as error:
            raise LogDamagedError("The log holds another entry there.") from error
        return format_proof(
            TlogProof(
                index=index, hashes=tuple(hashes), checkpoint=served.note, extra=leaf
            )
        )

    def head_for(self, session: Session, size: int, since: int = 0) -> Cosigned:
        """Return the head under which the first ``size`` entries are to be proven.

        The newest; or, where that waits for its cosignatures still, the last that has
        its quorum, if it covers them and is no older than one seen before (``since``).
        Raises what ``checkpoint`` raises.
        """
        newest = self.cosigned.of(self._served(session))
        if has_quorum(self.cosigned.policy, newest.cosignatures):
            return newest
        last = self.cosigned.quorum()
        least, most = max(size, since, 1), newest.checkpoint.size
        return last if last and least <= last.checkpoint.size <= most else newest

    def _reader(self, session: Session) -> HashReader:
        def size() -> int:
            published = self.published()
            return published.checkpoint.size if published else 0

        return self._upper.reader(session, size)

    def _served(self, session: Session) -> Published:
        head = read_head(session)
        if head is None or head.size == 0:
            raise LogEmptyError("Nothing has been logged yet.")
        published = self._file.read()
        if published is None:
            raise LogHeadMissingError(
                "The file with the last published head of the log is missing."
            )
        told = published.checkpoint
        if told.size == 0:
            raise LogEmptyError("Nothing has been logged yet.")
        if head.size < told.size:  # the session's view is older: so is its head
            return Published(head.note, Checkpoint(self.origin, head.size, head.root))
        if head.size == told.size and head.root != told.root:
            raise LogForkedError("The log in the database is not the published one.")
        return published
