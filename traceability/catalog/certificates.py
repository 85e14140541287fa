"""Certificates of products and sites: their kinds, and whether one held on a day."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CertificateKind(StrEnum):
    """What a certificate says about a site or a product."""

    FOOD_SAFETY = "food_safety"
    HACCP = "haccp"
    ISO22000 = "iso22000"
    VIETGAP = "vietgap"
    VIETGAHP = "vietgahp"
    GLOBALGAP = "globalgap"
    ORGANIC = "organic"
    QUALITY_DECLARATION = "quality_declaration"
    OTHER = "other"


class Validity(StrEnum):
    """What a dated paper is worth on a day."""

    VALID = "valid"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The life of a dated paper; the last day still counts."""

    issued: date
    expires: date | None = None
    withdrawn_on: date | None = None

    def on(self, day: date) -> Validity:
        """Return what the paper is worth on a day; withdrawal counts from its day."""
        if day < self.issued:
            return Validity.NOT_YET
        if self.withdrawn_on is not None and day >= self.withdrawn_on:
            return Validity.WITHDRAWN
        if self.expires is not None and day > self.expires:
            return Validity.EXPIRED
        return Validity.VALID

    def holds(self, *days: date) -> bool:
        """Return whether the paper is valid on every one of the days."""
        return all(self.on(day) is Validity.VALID for day in days)
