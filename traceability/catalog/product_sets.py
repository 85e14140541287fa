"""The 26 OCOP product sets (Decision 26/2026/QĐ-TTg; ``data/README.md``)."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from traceability.core.errors import InvalidError
from traceability.core.text import Bilingual


class ProductSetUnknownError(InvalidError):
    """No product set has this code."""

    code = "product-set-unknown"


@dataclass(frozen=True, slots=True)
class ProductSet:
    """One set of products that is scored by one set of criteria."""

    number: int  # 1 to 26
    code: str
    sector: str
    name: Bilingual


def product_set(code: str) -> ProductSet:
    """Return the set of a code such as ``tea``. Raises ``ProductSetUnknownError``."""
    found = _sets().get(code)
    if found is None:
        raise ProductSetUnknownError(
            "There is no OCOP product set %(code)s.", field="ocop_set", code=code
        )
    return found


def product_sets() -> list[ProductSet]:
    """Return the sets in the decision's order."""
    return list(_sets().values())


@cache
def _sets() -> dict[str, ProductSet]:
    path = files("traceability.catalog") / "data" / "product_sets.csv"
    with path.open(encoding="utf-8") as stream:
        return {
            row["code"]: ProductSet(
                int(row["number"]),
                row["code"],
                row["sector"],
                Bilingual(row["name_vi"], row["name_en"]),
            )
            for row in csv.DictReader(stream)
        }
