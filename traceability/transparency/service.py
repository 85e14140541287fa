"""Append to the log under one signed checkpoint, and publish what was committed."""

import logging
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Engine, event, text, update
from sqlalchemy.exc import NoResultFound, SQLAlchemyError
from sqlalchemy.orm import Session, SessionTransaction

from traceability.core.errors import DomainError, InvalidError, UnavailableError
from traceability.db.database import Database
from traceability.signing.errors import SignerDownError
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.errors import (
    LogBehindError,
    LogDamagedError,
    LogEmptyError,
    LogHeadPresentError,
    LogHeadUnreadableError,
    LogRefusedError,
)
from traceability.transparency.fsck import check_tree
from traceability.transparency.head_file import (
    Published,
)
from traceability.transparency.merkle import (
    EMPTY_ROOT,
    Growth,
    fold_peaks,
    grow,
    leaf_hash,
)
from traceability.transparency.models import LogHead
from traceability.transparency.queries import (
    Head,
    SessionTree,
    compare,
    lock_head,
    read_head,
    sound_peaks,
)
from traceability.transparency.serving.service import ServedLog
from traceability.transparency.tiles import check_leaf

_log = logging.getLogger(__name__)
_PENDING = "log-appended"
_FIRST_HEAD = text(
    "INSERT INTO log_head (id, tree_size, root_hash, checkpoint)"
    " VALUES (1, 0, :root, :note) ON CONFLICT DO NOTHING"
)
# The driver's own statements: a batch is three times as fast without the ORM.
_INSERT_LEAF = 'INSERT INTO log_leaf ("index", data, hash) VALUES ({0}, {0}, {0})'
_INSERT_NODE = "INSERT INTO log_node (level, position, hash) VALUES ({0}, {0}, {0})"


class TransparencyLog(ServedLog):
    """The one log of this service; implements ``core.ports.Log``."""

    _damage: LogDamagedError | None = None

    def append(self, session: Session, leaves: Sequence[bytes]) -> list[int]:
        """Append leaves under one new checkpoint; return their indexes.

        Runs in the caller's transaction and keeps other writers out until it ends;
        once it is committed, the head is published. Raises ``LeafTooLongError``,
        ``SignerDownError``, and ``LogRefusedError`` with a code of its own for each
        state in which nothing may be signed.
        """
        for leaf in leaves:
            check_leaf(leaf)
        if self._damage is not None:
            raise self._damage
        head = self._lock_head(session)
        if not leaves:
            return []
        hashes = [leaf_hash(leaf) for leaf in leaves]
        growth = grow(head.size, sound_peaks(session, head), hashes)
        _store(session, head.size, list(zip(leaves, hashes, strict=True)), growth)
        root = fold_peaks(growth.peaks)
        note = self._keys.sign(growth.size, root)
        session.execute(
            update(LogHead).values(
                tree_size=growth.size, root_hash=root, checkpoint=note
            )
        )
        self._publish_at_end(session)
        return list(range(head.size, growth.size))

    def publish(self, database: Database) -> None:
        """Bring the file up to the committed head; nothing to do in the usual case.

        A head whose key has been replaced is signed again by the new one. Raises
        ``LogHeadMissingError``, ``LogHeadUnreadableError``, ``LogForkedError``.
        """
        self._publish(database.engine)

    def check_start(self, database: Database) -> str | None:
        """Recompute the log and compare it with what was published, then publish.

        Returns the code of what is wrong, or nothing. A damaged log is remembered:
        this object will append nothing to it.
        """
        self._damage = None
        try:
            published = self._file.read()
            with database.reading() as session:
                self._examine(session, published)
            self._publish(database.engine)
        except UnavailableError as refusal:
            if isinstance(refusal, LogDamagedError):
                self._damage = refusal
            _log.error("the log takes no new entries: %s", refusal)
            return refusal.code
        return None

    def state(self, database: Database) -> str | None:
        """Return the code of why nothing may be appended now, or nothing; cheap."""
        try:
            if self._damage is not None:
                raise self._damage
            published = self._file.read()  # before the database: it lags
            with database.reading() as session:
                compare(session, read_head(session), published)
        except UnavailableError as refusal:
            return refusal.code
        return None

    def adopt(self, database: Database) -> None:
        """Take the database's head as the published one where the file is gone.

        Only a person can know that nothing newer was published. Raises
        ``LogHeadPresentError``, ``LogEmptyError``, ``LogDamagedError``.
        """
        with self._file.lock(), database.reading() as session:
            if self._file.path.exists():
                raise LogHeadPresentError("The file with the published head is there.")
            head = read_head(session)
            if head is None:
                raise LogEmptyError("Nothing has been logged yet.")
            own = Published(head.note, Checkpoint(self.origin, head.size, head.root))
            self._examine(session, own)
            self._file.write(head.note)

    def faults(self, database: Database) -> list[str]:
        """Recompute everything; return what is wrong, one line each."""
        faults, published = [], None
        try:
            published = self._file.read()
        except LogHeadUnreadableError as error:
            faults.append(str(error))
        with database.reading() as session:
            head = read_head(session)
            try:
                if not faults:
                    compare(session, head, published)
            except LogRefusedError as error:
                faults.append(str(error))
            return faults + self._tree_faults(session, head)

    def _lock_head(self, session: Session) -> Head:
        try:
            head = lock_head(session)
        except NoResultFound:  # another writer may make the row at the same moment
            first = {"root": EMPTY_ROOT, "note": self._keys.sign(0, EMPTY_ROOT)}
            session.execute(_FIRST_HEAD, first)
            head = lock_head(session)
        published = self._file.read()
        compare(session, head, published)
        if published is None:  # from now on a missing file is a lost file
            self._file.write_newer(head.note, 0)
        return head

    def _examine(self, session: Session, published: Published | None) -> None:
        head = read_head(session)
        faults = self._tree_faults(session, head)
        if faults:
            raise LogDamagedError(
                "The stored log is damaged: %(what)s", what="; ".join(faults)
            )
        compare(session, head, published)

    def _tree_faults(self, session: Session, head: Head | None) -> list[str]:
        size, root = (head.size, head.root) if head else (0, EMPTY_ROOT)
        try:
            faults = check_tree(SessionTree(session), size, root)
        except TypeError:  # SQLite keeps any type in any column
            faults = ["a row of the log holds something else than bytes"]
        return faults + (self._note_faults(head) if head else [])

    def _note_faults(self, head: Head) -> list[str]:
        try:
            told = self._keys.open(head.note)
        except InvalidError as error:
            return [str(error)]
        if (told.size, told.root) != (head.size, head.root):
            return ["the head's checkpoint is of another tree"]
        return []

    def _publish_at_end(self, session: Session) -> None:
        if _PENDING not in session.info:
            event.listen(session, "after_transaction_end", self._transaction_ended)
        session.info[_PENDING] = True

    def _transaction_ended(
        self, session: Session, transaction: SessionTransaction
    ) -> None:
        """Publish what the outermost transaction committed, if it did.

        The commit stands whatever happens here: what fails is logged, and made good
        by the next one who publishes.
        """
        if transaction.parent is not None or not session.info[_PENDING]:
            return
        session.info[_PENDING] = False
        try:
            self._publish(session.get_bind().engine)
        except (DomainError, OSError, SQLAlchemyError):
            _log.exception("the head of the log could not be published")

    def _publish(self, engine: Engine) -> None:
        published = self._file.read()
        with Session(engine) as session:
            head = read_head(session)
            try:
                compare(session, head, published)
            except LogBehindError:
                return
        if head is None or published is None:
            return
        if published.checkpoint.size < head.size:
            self._file.write_newer(head.note, head.size)
        elif published.checkpoint.size == head.size:
            self._sign_anew(head, published)

    def _sign_anew(self, head: Head, published: Published) -> None:
        """Replace the signature of a key that signs no longer; not urgent."""
        with suppress(SignerDownError):
            if not self._keys.signs_now(published.note):
                note = self._keys.sign(head.size, head.root)
                self._file.write_newer(note, head.size)


def _store(
    session: Session,
    begin: int,
    leaves: Sequence[tuple[bytes, bytes]],
    growth: Growth,
) -> None:
    connection = session.connection()
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    rows = [(index, data, hashed) for index, (data, hashed) in enumerate(leaves, begin)]
    connection.exec_driver_sql(_INSERT_LEAF.format(mark), rows)
    nodes = [
        (run.level, position, hashed)
        for run in growth.nodes
        for position, hashed in enumerate(run.hashes, run.start)
    ]
    if nodes:
        connection.exec_driver_sql(_INSERT_NODE.format(mark), nodes)
