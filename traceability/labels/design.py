"""What a label says and in which order: one design for many runs.

The code itself always stands on a label and is no field. Where a label has no serial
of its own, the serial's line falls away.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from traceability.labels.errors import DesignFieldsError


class LabelField(StrEnum):
    """One thing a label can say; the order is the usual one."""

    PRODUCT = "product"
    BRAND = "brand"
    STARS = "stars"
    NET_CONTENT = "net-content"
    CERTIFICATES = "certificates"
    LOT = "lot"
    PRODUCTION_DATE = "production-date"
    EXPIRY = "expiry"  # or best before, whichever the lot has
    ETHANOL = "ethanol"
    INGREDIENTS = "ingredients"
    USE = "use"
    STORAGE = "storage"
    WARNINGS = "warnings"
    PRODUCER = "producer"
    ADDRESS = "address"
    ORIGIN = "origin"
    SERIAL = "serial"
    INVITATION = "invitation"


class DesignPurpose(StrEnum):
    """What a label is on the pack."""

    STAMP = "stamp"  # stands beside the pack's own label, which says what the law asks
    LABEL = "label"  # is the pack's label


ALWAYS = (LabelField.PRODUCT, LabelField.LOT, LabelField.SERIAL)
MAX_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """An ordered choice of fields.

    ``id`` is the template it was taken from, empty for the one every producer has.
    Raises ``DesignFieldsError`` where a field comes twice or one is missing that
    always stays.
    """

    fields: tuple[LabelField, ...]
    purpose: DesignPurpose = DesignPurpose.STAMP
    id: str = ""

    def __post_init__(self) -> None:
        if len(set(self.fields)) != len(self.fields):
            raise DesignFieldsError("Each field stands on a label once.", field="shown")
        if not set(ALWAYS) <= set(self.fields):
            raise DesignFieldsError(
                "Product, lot and code stay on every label.", field="shown"
            )

    @classmethod
    def of(
        cls,
        names: Iterable[str],
        purpose: str = DesignPurpose.STAMP,
        design_id: str = "",
    ) -> "Design":
        """Read fields by name. Raises ``DesignFieldsError``."""
        known = {one.value: one for one in LabelField}
        chosen = []
        for name in names:
            if name not in known:
                raise DesignFieldsError(
                    "A label has no field %(name)s.", field="shown", name=name
                )
            chosen.append(known[name])
        return cls(fields=tuple(chosen), purpose=DesignPurpose(purpose), id=design_id)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Design":
        """Read ``to_json`` back."""
        return cls.of(data["fields"], data["purpose"], data["id"])

    def to_json(self) -> dict[str, Any]:
        """Return the design as a run keeps it, to print it again by."""
        fields = [one.value for one in self.fields]
        return {"id": self.id, "purpose": self.purpose.value, "fields": fields}

    def shows(self, *fields: LabelField) -> bool:
        """Return whether all of these stand on the label."""
        return set(fields) <= set(self.fields)


DEFAULT_DESIGN = Design(
    fields=(
        LabelField.PRODUCT,
        LabelField.STARS,
        LabelField.NET_CONTENT,
        LabelField.LOT,
        LabelField.PRODUCTION_DATE,
        LabelField.EXPIRY,
        LabelField.PRODUCER,
        LabelField.SERIAL,
        LabelField.INVITATION,
    )
)
