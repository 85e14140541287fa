"""Who may do what with a batch. Pure."""

from traceability.batches.drafts import BatchDraft
from traceability.batches.errors import (
    BatchIssuedError,
    BatchNotFoundError,
    BatchStateError,
)
from traceability.batches.models import Batch, BatchState
from traceability.core.errors import ForbiddenError
from traceability.core.permissions import Actor, Role

SERVICE = "system"
_ALLOWED = {
    "held": {BatchState.ISSUED},
    "recalled": {BatchState.ISSUED, BatchState.HELD},
    "released": {BatchState.HELD},
}


def require_own(batch: Batch, actor: Actor) -> None:
    """Let only the batch's producer pass; to others there is no such batch."""
    if not owns(actor, batch.organisation_id):
        raise BatchNotFoundError("There is no such batch.")


def require_draft(batch: Batch, actor: Actor) -> None:
    """Let a draft's producer pass. Raises ``BatchIssuedError`` once issued."""
    require_own(batch, actor)
    if batch.state != BatchState.DRAFT.value:
        raise BatchIssuedError(
            "This lot is issued. It is corrected by a new signed version, never edited."
        )


def require_same_lot(batch: Batch, draft: BatchDraft) -> None:
    """Refuse another product or lot number than the batch was registered with."""
    if draft.product_id != batch.product_id:
        raise BatchStateError("The product of a lot stays.", field="product")
    if draft.lot_number.strip().upper() not in {"", batch.lot_number}:
        raise BatchStateError("The number of a lot stays.", field="lot_number")


def require_change(
    batch: Batch, status: str, actor: Actor, *, held_by_officer: bool
) -> None:
    """Let a hold, recall or release pass where state and role allow it.

    The producer may for its own lots, an officer for every issued one. An officer may
    take over a producer's hold; what an officer holds, only an officer releases.
    """
    officer = is_officer(batch, actor)
    if not officer:
        require_own(batch, actor)
    taking_over = status == "held" and officer and not held_by_officer
    allowed = _ALLOWED[status] | ({BatchState.HELD} if taking_over else set())
    if BatchState(batch.state) not in allowed:
        raise BatchStateError("The lot is in a state that does not allow this.")
    if status == "released" and held_by_officer and not officer:
        raise ForbiddenError("An officer holds this lot; only an officer releases it.")


def is_officer(batch: Batch, actor: Actor) -> bool:
    """Return whether the actor speaks for an authority about somebody else's lot."""
    return actor.has(Role.OFFICER) and actor.organisation_id != batch.organisation_id


def basis_of(batch: Batch, actor: Actor) -> str:
    """Return how the word came to us (TRUST.md, who says so)."""
    return "entered-by-officer" if is_officer(batch, actor) else "declared"


def owns(actor: Actor, organisation_id: int) -> bool:
    """Return whether the actor speaks for a producer; the service does for all."""
    return actor.kind == SERVICE or actor.organisation_id == organisation_id
