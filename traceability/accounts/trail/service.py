"""Write many audit entries at once; the caller's transaction carries them."""

from collections.abc import Iterable

from sqlalchemy import insert
from sqlalchemy.orm import Session

from traceability.accounts.models import AuditEntry
from traceability.core.permissions import Actor
from traceability.core.ports import Clock


def audit_all(
    session: Session,
    actor: Actor,
    acts: Iterable[tuple[str, str]],
    clock: Clock,
) -> None:
    """Write down many acts of one actor at once: pairs of action and target."""
    now = clock.now()
    rows: list[dict[str, object]] = [
        {
            "at": now,
            "organisation_id": actor.organisation_id,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "actor_name": actor.name,
            "action": action,
            "target": target,
            "details": {},
        }
        for action, target in acts
    ]
    if rows:
        session.connection().execute(insert(AuditEntry), rows)
