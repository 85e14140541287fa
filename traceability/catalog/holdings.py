"""What of the legal fields a product and its producer answer. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


class ProductTexts(Protocol):
    """A product as far as its texts answer legal fields."""

    gtin: str | None
    name_vi: str
    brand: str
    standards: str
    origin: str
    warnings: str
    ingredients: str
    usage: str
    storage: str
    responsible_name: str
    responsible_address: str
    alcohol_percent: Decimal | None
    net_amount: Decimal | None
    shelf_life_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is known of the producer and beside the product itself."""

    producer_name: str
    producer_address: str
    producer_number: str  # GLN or tax code
    photos: int
    certificates: int  # in force today
    sites: int


def held_by(product: ProductTexts, around: Surroundings) -> frozenset[str]:
    """Return the names of what is filled in, as ``legal_fields.csv`` calls it."""
    answers: dict[str, object] = {
        "name": product.name_vi,
        "photo": around.photos,
        "producer_name": product.responsible_name or around.producer_name,
        "producer_address": product.responsible_address or around.producer_address,
        "producer_number": around.producer_number,
        "brand": product.brand,
        "standards": product.standards,
        "gtin": product.gtin,
        "origin": product.origin,
        "warnings": product.warnings,
        "ingredients": product.ingredients,
        "usage": product.usage,
        "storage": product.storage,
        "alcohol": product.alcohol_percent is not None,
        "net_content": product.net_amount is not None,
        "shelf_life": product.shelf_life_days,
        "certificates": around.certificates,
        "site": around.sites,
    }
    return frozenset(name for name, answer in answers.items() if answer)
