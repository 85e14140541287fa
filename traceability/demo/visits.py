"""Record the sample visits, as the sample inspector would."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.accounts.models import Person
from traceability.accounts.service import actor_of
from traceability.core.permissions import Role
from traceability.core.ports import Notary
from traceability.demo.loaded import Loaded
from traceability.demo.people import PEOPLE
from traceability.demo.samples import samples
from traceability.inspection.service import record_visit
from traceability.inspection.visit import Place, Result, VisitDraft


def load_visits(session: Session, loaded: Loaded, notary: Notary) -> None:
    """Sign and log what the inspector found at each stall."""
    [login] = [one.login for one in PEOPLE if one.role is Role.INSPECTOR]
    person = session.scalars(select(Person).where(Person.login == login)).one()
    for one in samples()["visits"]:
        draft = VisitDraft(
            link=loaded.batches[one["lot"]].digital_link,
            seen_at=datetime.fromisoformat(one["time"]),
            place=Place(text=one["place"], commune_code=one["commune"]),
            result=Result(one["result"]),
            notes=one["notes"],
            measures=one.get("measures", ""),
        )
        record_visit(session, draft, [], actor=actor_of(person), notary=notary)
