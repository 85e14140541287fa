"""What producers enter, cleaned and bounded before anything is stored."""

import re
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum

from traceability.catalog.certificates import CertificateKind
from traceability.catalog.communes import commune
from traceability.catalog.errors import (
    AlcoholError,
    CertificateDatesError,
    IntermediateError,
    RightToUseError,
    ShelfLifeError,
    TaxCodeError,
    TextMissingError,
    TextTooLongError,
)
from traceability.catalog.ip_rights import IpState, ip_kind
from traceability.catalog.places import Point, checked_area
from traceability.catalog.product_sets import product_set
from traceability.catalog.shop_links import ShopLink
from traceability.core.quantity import Quantity
from traceability.core.text import clean_text
from traceability.gs1.keys import Gln, Gtin, InternalCode

SHORT = 200
LONG = 4000
MAX_SHELF_LIFE_DAYS = 36_500
MAX_ALCOHOL_PERCENT = 100
_TAX_CODE = re.compile(r"[0-9]{10}(-[0-9]{3})?|[0-9]{12,13}", re.ASCII)


class SiteKind(StrEnum):
    """What happens at a place."""

    PLOT = "plot"
    FACILITY = "facility"
    WAREHOUSE = "warehouse"
    SHOP = "shop"
    LABORATORY = "laboratory"
    OFFICE = "office"
    OTHER = "other"


class SiteState(StrEnum):
    """Whether new batches may be made at a place."""

    ACTIVE = "active"
    RETIRED = "retired"


class ProductState(StrEnum):
    """Whether new batches of a product may be registered."""

    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDraft:
    """A place a producer grows, makes or keeps things at."""

    kind: SiteKind
    name: str
    commune_code: str
    gln: Gln | None = None
    old_address: str = ""  # as printed before July 2025
    area_code: str = ""  # growing-area code
    area_hectares: Decimal | None = None
    point: Point | None = None
    is_public: bool = True
    state: SiteState = SiteState.ACTIVE

    def __post_init__(self) -> None:
        """Clean the texts; raises for a missing name or an unknown commune."""
        _clean(self, required=("name",))
        commune(self.commune_code)
        if self.area_hectares is not None:
            checked_area(self.area_hectares)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerDraft:
    """What a producer's labels and passports say of itself."""

    tax_code: str = ""
    gln: Gln | None = None
    address: str = ""

    def __post_init__(self) -> None:
        """Clean the texts; raises ``TaxCodeError``."""
        _clean(self)
        if self.tax_code and not _TAX_CODE.fullmatch(self.tax_code):
            raise TaxCodeError(
                "A tax code has 10 digits, 10 and 3 after a hyphen, or 12.",
                field="tax_code",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """A product as its label names it."""

    key: Gtin | InternalCode
    name_vi: str
    name_en: str = ""
    ocop_set: str = ""
    net: Quantity | None = None
    pack_text: str = ""
    story_vi: str = ""
    story_en: str = ""
    ingredients: str = ""
    usage: str = ""
    storage: str = ""
    warnings: str = ""
    brand: str = ""
    standards: str = ""  # national, technical, own or international ones applied
    origin: str = ""  # or where it was finished
    responsible_name: str = ""  # where it is not the producer
    responsible_address: str = ""
    alcohol_percent: Decimal | None = None
    shops: tuple[ShopLink, ...] = ()
    shelf_life_days: int | None = None
    is_intermediate: bool = False
    state: ProductState = ProductState.ACTIVE

    def __post_init__(self) -> None:
        """Clean the texts; raises for what no label could carry."""
        long = ("story_vi", "story_en", "ingredients", "usage", "storage")
        _clean(self, required=("name_vi",), long=(*long, "warnings", "standards"))
        if self.ocop_set:
            product_set(self.ocop_set)
        if self.is_intermediate and isinstance(self.key, Gtin):
            raise IntermediateError(
                "A semi-finished product takes an internal code, not a GTIN.",
                field="gtin",
            )
        days = self.shelf_life_days
        if days is not None and not 1 <= days <= MAX_SHELF_LIFE_DAYS:
            raise ShelfLifeError(
                "The shelf life is a number of days from 1 to 36500.",
                field="shelf_life_days",
            )
        alcohol = self.alcohol_percent
        if alcohol is not None and not 0 <= alcohol <= MAX_ALCOHOL_PERCENT:
            raise AlcoholError(
                "The alcohol content lies between 0 and 100 %.",
                field="alcohol_percent",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDraft:
    """A certificate of a producer: for some products or sites, or for all of them."""

    kind: CertificateKind
    number: str
    body: str
    issued: date
    expires: date | None = None
    product_ids: tuple[int, ...] = ()
    site_ids: tuple[int, ...] = ()
    scope: str = ""  # in the words of the paper

    def __post_init__(self) -> None:
        """Clean the texts; raises where the dates contradict one another."""
        _clean(self, required=("number", "body"), long=("scope",))
        if self.expires is not None and self.expires < self.issued:
            raise CertificateDatesError(
                "The certificate ends before it begins.", field="expires"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class IpRightDraft:
    """A right to a sign, a design or an invention used for a product."""

    kind: str
    sign: str
    state: IpState
    product_id: int
    register_no: str = ""
    owner: str = ""
    managing_body: str = ""
    decision: str = ""
    goods: str = ""
    right_to_use: str = ""
    right_to_use_date: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        """Clean the texts; raises where a document lacks its date or a date its."""
        _clean(self, required=("sign",))
        ip_kind(self.kind)
        if bool(self.right_to_use) != (self.right_to_use_date is not None):
            raise RightToUseError(
                "Give the right-to-use document together with its date.",
                field="right_to_use_date" if self.right_to_use else "right_to_use",
            )


def cleaned(
    text: str, field: str, *, required: bool = False, long: bool = False
) -> str:
    """Return a text in NFC, visible and within its length.

    Raises ``HiddenCharacterError``, ``TextTooLongError`` or ``TextMissingError``.
    """
    most = LONG if long else SHORT
    text = clean_text(text, field=field, multiline=long)
    if len(text) > most:
        raise TextTooLongError(
            "The text is longer than %(most)s characters.", field=field, most=most
        )
    if required and not text:
        raise TextMissingError("This must not be empty.", field=field)
    return text


def _clean(
    draft: object, required: tuple[str, ...] = (), long: tuple[str, ...] = ()
) -> None:
    """Clean every text of a frozen draft."""
    for one in fields(draft):  # type: ignore[arg-type]  # every caller is a dataclass
        value = getattr(draft, one.name)
        if type(value) is str:
            text = cleaned(
                value, one.name, required=one.name in required, long=one.name in long
            )
            object.__setattr__(draft, one.name, text)
