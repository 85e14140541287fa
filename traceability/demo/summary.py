"""What the sample data holds, in the order a newcomer wants to see it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from traceability.accounts.models import Organisation
from traceability.batches.models import Batch
from traceability.core.identity import Identity
from traceability.demo.people import PEOPLE
from traceability.demo.service import FEATURED_LOT
from traceability.labels.job import LabelKeys
from traceability.labels.label import Label
from traceability.labels.queries import RunRow, runs_of_batch


@dataclass(frozen=True, slots=True)
class Summary:
    """Batches (packed ones first), one label of each printed lot, the first run."""

    batches: list[dict[str, Any]]
    labels: list[str]
    featured: RunRow | None

    def as_json(self, identity: Identity, passwords: dict[str, str]) -> dict[str, Any]:
        """Return the object that `demo --json` prints."""
        return {
            "base_url": identity.origin,
            "batches": self.batches,
            "labels": self.labels,
            "sign_in": sign_in_rows(identity, passwords),
        }


def sign_in_rows(identity: Identity, passwords: dict[str, str]) -> list[dict[str, str]]:
    """Return how to sign in for each role."""
    return [
        {
            "role": person.role.value,
            "login": person.login,
            "password": passwords.get(person.login, ""),
            "url": identity.url("/sign-in"),
        }
        for person in PEOPLE
    ]


def summary_of(session: Session, keys: LabelKeys, today: date) -> Summary:
    """Return what there is to look at."""
    rows = session.scalars(
        select(Batch)
        .join(Organisation, Batch.organisation_id == Organisation.id)
        .where(Organisation.sample.is_(True))
        .options(joinedload(Batch.product), joinedload(Batch.organisation))
        .order_by(Batch.id)
    ).all()
    ordered = sorted(rows, key=_newcomer_first)
    labels, featured = [], None
    for batch in ordered:
        runs = runs_of_batch(session, batch)
        if runs:
            labels.append(first_label(runs[-1], keys).qr_text)
            featured = featured or runs[-1]
    return Summary([_told(batch, today) for batch in ordered], labels, featured)


def first_label(row: RunRow, keys: LabelKeys) -> Label:
    """Return the first label of a run."""
    job = row.job
    return replace(job, spec=replace(job.spec, count=1)).labels(keys)[0]


def _newcomer_first(batch: Batch) -> tuple[bool, bool]:
    return batch.lot_number != FEATURED_LOT, batch.product.is_intermediate


def _told(batch: Batch, today: date) -> dict[str, Any]:
    ended = batch.expiry is not None and batch.expiry < today
    sound = batch.state == "issued"
    return {
        "id": batch.public_id,
        "gtin": batch.product.gtin,
        "lot_number": batch.lot_number,
        "digital_link": batch.digital_link,
        "status": "expired" if ended and sound else batch.state,
    }
