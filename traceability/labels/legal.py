"""What the law asks of a pack's label, and what of it a label does not say.

The fields and their laws are the catalogue's (``catalog/data/legal_fields.csv``); what
was only read in a repealed decree is marked unconfirmed there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from traceability.catalog.legal_fields import (
    Document,
    LegalField,
    asked_of,
    legal_fields,
)
from traceability.core.text import Bilingual
from traceability.labels.content import LabelFacts, says
from traceability.labels.design import Design, DesignPurpose, LabelField
from traceability.labels.errors import LabelFieldsMissingError

_SAID_BY = {
    "name": (LabelField.PRODUCT,),
    "responsible": (LabelField.PRODUCER, LabelField.ADDRESS),
    "origin": (LabelField.ORIGIN,),
    "net_quantity": (LabelField.NET_CONTENT,),
    "made_on": (LabelField.PRODUCTION_DATE,),
    "expires_on": (LabelField.EXPIRY,),
    "ingredients": (LabelField.INGREDIENTS,),
    "warning": (LabelField.WARNINGS,),
    "use_storage": (LabelField.USE, LabelField.STORAGE),
    "ethanol": (LabelField.ETHANOL,),
    "storage": (LabelField.STORAGE,),
    "lot": (LabelField.LOT,),
}
CODES = tuple(_SAID_BY)


class Lack(StrEnum):
    """Why a label does not say something."""

    UNKNOWN = "unknown"  # it is not typed in anywhere
    LEFT_OFF = "left-off"  # the design has no place for it
    NO_ROOM = "no-room"  # it stands there in part or not at all


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing the law asks of the pack's label that this label does not say."""

    field: LegalField
    lack: Lack
    wanting: tuple[LabelField, ...]  # what of the label it lacks


def missing_from(
    facts: LabelFacts,
    design: Design,
    product_set: int | None,
    unfit: Collection[LabelField] = (),
) -> list[Missing]:
    """Return what a label does not say whole, in the law's order.

    ``unfit`` are the fields that found no room; ``product_set`` is the number of the
    product's OCOP set. What the law asks only of goods that have such a thing is
    missing only where the product has it.
    """
    found = []
    for field in asked_of(Document.LABEL, product_set):
        one = _missing(field, facts, design, unfit)
        if one is None or (field.required != "yes" and one.lack is Lack.UNKNOWN):
            continue
        found.append(one)
    return found


def declared(
    missing: Collection[Missing], design: Design, elsewhere: Collection[str]
) -> tuple[str, ...]:
    """Return which of the missing things the pack says elsewhere, by their codes.

    Beside a stamp the pack's own label says them all: that is what a stamp is. A label
    that is the pack's own needs each one ticked, or it is refused; what is only told by
    a repealed decree does not stop it. Raises ``LabelFieldsMissingError``.
    """
    if design.purpose is DesignPurpose.STAMP:
        return tuple(one.field.code for one in missing)
    wanting = [one for one in missing if one.field.code not in elsewhere]
    stopping = [one for one in wanting if one.field.confirmed]
    if stopping:
        raise LabelFieldsMissingError(
            "The pack's label lacks: %(fields)s. Fill it in, choose a design that "
            "shows it, or confirm that the pack says it elsewhere.",
            field="elsewhere",
            fields=", ".join(one.field.name.vi for one in stopping),
        )
    return tuple(one.field.code for one in missing if one.field.code in elsewhere)


def unfit_of(
    missing: Collection[Missing], design: Design, elsewhere: Collection[str]
) -> list[Missing]:
    """Return what the law asks, the design shows and the label has no room for."""
    if design.purpose is DesignPurpose.STAMP:
        return []
    return [
        one
        for one in missing
        if one.lack is Lack.NO_ROOM and one.field.code not in elsewhere
    ]


def elsewhere_named(codes: Collection[str]) -> list[Bilingual]:
    """Return the names of what the pack says elsewhere, each once."""
    named = {
        one.code: one.name
        for one in legal_fields()
        if one.document is Document.LABEL and one.code in codes
    }
    return list(named.values())


def _missing(
    field: LegalField,
    facts: LabelFacts,
    design: Design,
    unfit: Collection[LabelField],
) -> Missing | None:
    wanted = _wanted(field, facts)
    reasons = {
        Lack.UNKNOWN: [one for one in wanted if not says(facts, one)],
        Lack.LEFT_OFF: [one for one in wanted if one not in design.fields],
        Lack.NO_ROOM: [one for one in wanted if one in unfit],
    }
    for lack, wanting in reasons.items():
        if wanting:
            return Missing(field, lack, tuple(wanting))
    return None


def _wanted(field: LegalField, facts: LabelFacts) -> tuple[LabelField, ...]:
    """Return what of the label answers a field.

    Where another party than the producer is responsible, its line names it whole.
    """
    if field.code == "responsible" and facts.responsible_name:
        return (LabelField.ADDRESS,)
    return _SAID_BY[field.code]
