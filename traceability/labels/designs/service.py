"""Keep a producer's designs. The caller commits."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from traceability.accounts.service import audit
from traceability.core.ids import new_id
from traceability.core.permissions import Actor
from traceability.core.ports import Clock
from traceability.core.text import clean_text
from traceability.db.translating import translating
from traceability.labels.design import MAX_NAME, Design
from traceability.labels.errors import DesignNameError, DesignNameTakenError
from traceability.labels.models import LabelDesign


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignDraft:
    """A design under a name. Raises ``DesignNameError``."""

    name: str
    design: Design

    def __post_init__(self) -> None:
        name = clean_text(self.name, field="name")
        if not 0 < len(name) <= MAX_NAME:
            raise DesignNameError(
                "A design has a name of at most %(most)d characters.",
                field="name",
                most=MAX_NAME,
            )
        object.__setattr__(self, "name", name)


def add_design(
    session: Session, draft: DesignDraft, *, owner: int, actor: Actor, clock: Clock
) -> LabelDesign:
    """Store a producer's design. Raises ``DesignNameTakenError``."""
    row = LabelDesign(public_id=new_id(), organisation_id=owner, created_at=clock.now())
    session.add(row)
    return _saved(session, row, draft, actor=actor, clock=clock)


def change_design(
    session: Session,
    row: LabelDesign,
    draft: DesignDraft,
    *,
    actor: Actor,
    clock: Clock,
) -> LabelDesign:
    """Change a design; runs made with it stay as they are.

    Raises ``DesignNameTakenError``.
    """
    return _saved(session, row, draft, actor=actor, clock=clock)


def archive_design(
    session: Session, row: LabelDesign, *, away: bool, actor: Actor, clock: Clock
) -> None:
    """Offer a design for printing no more, or again."""
    if (row.archived_at is not None) is away:
        return
    row.archived_at = clock.now() if away else None
    session.flush()
    _audit(session, row, actor, clock)


def _saved(
    session: Session,
    row: LabelDesign,
    draft: DesignDraft,
    *,
    actor: Actor,
    clock: Clock,
) -> LabelDesign:
    row.name = draft.name
    row.purpose = draft.design.purpose.value
    row.fields = [one.value for one in draft.design.fields]
    taken = DesignNameTakenError("You have a design of this name.", field="name")
    with translating({"uq_label_design_organisation_id_name": taken}):
        session.flush()
    _audit(session, row, actor, clock)
    return row


def _audit(session: Session, row: LabelDesign, actor: Actor, clock: Clock) -> None:
    target = f"label-design:{row.public_id}"
    audit(session, actor, "label-design-changed", target, clock)
