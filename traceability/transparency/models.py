"""What the log stores: leaves as they are, every complete subtree's hash, one head."""

from sqlalchemy import BigInteger, CheckConstraint, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.transparency.triggers import APPEND_ONLY

_Index = BigInteger().with_variant(Integer, "sqlite")


class LogLeaf(Base):
    """One entry of the log; its bytes are served as they were appended."""

    __tablename__ = "log_leaf"
    __table_args__ = {"info": APPEND_ONLY}

    index: Mapped[int] = mapped_column(_Index, primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LogNode(Base):
    """The hash over a complete subtree of ``2**level`` leaves, two or more."""

    __tablename__ = "log_node"
    __table_args__ = {"info": APPEND_ONLY, "sqlite_with_rowid": False}

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(_Index, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LogHead(Base):
    """The newest tree head, one row: its lock gives out the indexes."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tree_size: Mapped[int] = mapped_column(BigInteger)
    root_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    checkpoint: Mapped[str] = mapped_column(Text)  # the signed note
