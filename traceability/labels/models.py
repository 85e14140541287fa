"""Label runs as they were started; a run of any size is one row."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.db.types import JsonText, UtcDateTime
from traceability.labels.design import Design
from traceability.transparency.triggers import APPEND_ONLY


class SerialSequence(Base):
    """The next free index of a product; its row is locked while a run takes some."""

    __tablename__ = "serial_sequence"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), unique=True)
    next_index: Mapped[int]


class LabelRun(Base):
    """One printing: a range of the product's sequence, and what its labels say.

    Blank stamps are printed for a product; which batch each is of, bindings say.
    ``facts`` is the text and the sealed facts as they were on the day, so that the
    sheet printed again is the same sheet. Rows are never changed or deleted.
    """

    __tablename__ = "label_run"
    __table_args__ = (
        # A last guard of I4; the sequence's lock comes first.
        UniqueConstraint("product_id", "first_index"),
        CheckConstraint("(kind = 'lot') = (first_index IS NULL)", name="range"),
        CheckConstraint("(kind = 'lot') = (serial_key_id IS NULL)", name="serial_key"),
        CheckConstraint("(kind = 'sealed') = (seal_kid IS NOT NULL)", name="seal_key"),
        CheckConstraint("(kind = 'blank') = (batch_id IS NULL)", name="blank"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    kind: Mapped[str] = mapped_column(String(8))
    first_index: Mapped[int | None]
    count: Mapped[int]
    stock: Mapped[str] = mapped_column(String(16))
    serial_key_id: Mapped[str | None] = mapped_column(String(64))
    seal_kid: Mapped[str | None] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(JsonText)
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))

    @property
    def last_index(self) -> int | None:
        """Return the last index of the range; a run of lot labels has none."""
        return None if self.first_index is None else self.first_index + self.count - 1

    @property
    def scratch(self) -> bool:
        """Return whether each label has a code under a scratch layer."""
        return bool(self.facts.get("scratch"))


class LabelVoid(Base):
    """A range of labels that count no more, both ends included, and why."""

    __tablename__ = "label_void"
    __table_args__ = (
        CheckConstraint("from_index <= to_index", name="order"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("label_run.id"), index=True)
    from_index: Mapped[int]
    to_index: Mapped[int]
    kind: Mapped[str | None] = mapped_column(String(12))  # none: before kinds were told
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"), unique=True)


class LabelDesign(Base):
    """A producer's own choice of what labels say; runs keep a copy of it.

    One that is archived is offered no more.
    """

    __tablename__ = "label_design"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(8))
    fields: Mapped[list[str]] = mapped_column(JsonText)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def design(self) -> Design:
        """Return what its labels say."""
        return Design.of(self.fields, self.purpose, self.public_id)


class LabelBinding(Base):
    """A range of blank stamps that became labels of a batch, both ends included.

    Never changed or deleted: a wrong one is put right by making its labels void. Ranges
    of one run never overlap, for who binds holds the run's row locked; the constraints
    are a last guard.
    """

    __tablename__ = "label_binding"
    __table_args__ = (
        UniqueConstraint("run_id", "from_index"),
        UniqueConstraint("run_id", "to_index"),
        CheckConstraint("from_index <= to_index", name="order"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("label_run.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    from_index: Mapped[int]
    to_index: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"), unique=True)

    @property
    def count(self) -> int:
        """Return how many labels it binds."""
        return self.to_index - self.from_index + 1


class ScratchDelivery(Base):
    """A run's codes were made and handed out; to whom is a value of the record."""

    __tablename__ = "scratch_delivery"
    __table_args__ = ({"info": APPEND_ONLY},)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("label_run.id"), unique=True)
    pepper_key_id: Mapped[str] = mapped_column(String(64))
    file_sha256: Mapped[str] = mapped_column(String(64))
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))


class ScratchTags(Base):
    """The tags of up to 8,192 labels of a run, eight bytes each, in order."""

    __tablename__ = "scratch_tags"
    __table_args__ = (UniqueConstraint("run_id", "number"), {"info": APPEND_ONLY})

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("label_run.id"))
    number: Mapped[int]
    tags: Mapped[bytes] = mapped_column(LargeBinary)


class ScratchUnit(Base):
    """A label at which somebody tried a code: nothing tells who it was.

    Its row is locked while a try is judged. ``opened_at`` is the hour of the first
    right code, ``again`` counts right ones after it, ``wrong`` the wrong ones since
    the last right one or lock.
    """

    __tablename__ = "scratch_unit"
    __table_args__ = (UniqueConstraint("run_id", "serial_index"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("label_run.id"))
    serial_index: Mapped[int]
    wrong: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    again: Mapped[int] = mapped_column(default=0)
