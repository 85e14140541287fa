"""Tables of the catalogue."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from traceability.catalog.certificates import Term
from traceability.catalog.communes import Commune, commune
from traceability.catalog.ip_rights import IpFacts, IpState
from traceability.core.quantity import Quantity
from traceability.core.text import Bilingual
from traceability.db.base import Base
from traceability.db.types import PlainDecimal, UtcDateTime
from traceability.gs1.keys import Gln, Gtin, InternalCode


class Site(Base):
    """A place: a growing area, a workshop, a shop."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(Text)
    gln_digits: Mapped[str | None] = mapped_column(String(13), unique=True)
    commune_code: Mapped[str] = mapped_column(String(5))
    old_address: Mapped[str] = mapped_column(Text, default="")
    area_code: Mapped[str] = mapped_column(Text, default="")
    is_public: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def gln(self) -> Gln | None:
        """Return the site's GLN, where it has one."""
        return Gln.parse(self.gln_digits) if self.gln_digits else None

    @property
    def commune(self) -> Commune:
        """Return the commune of 2025 the site lies in."""
        return commune(self.commune_code)


class ProductPhoto(Base):
    """A photo ready to be served; its digest is its address and never changes."""

    __tablename__ = "product_photo"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    webp: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]


class Product(Base):
    """A product of one producer, known by its GTIN or by an internal code."""

    __tablename__ = "product"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name_folded"),
        CheckConstraint("(gtin IS NULL) <> (internal_code IS NULL)", name="one_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    gtin: Mapped[str | None] = mapped_column(String(14), unique=True)
    internal_code: Mapped[str | None] = mapped_column(String(20), unique=True)
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text, default="")
    name_folded: Mapped[str] = mapped_column(Text, index=True)
    ocop_set: Mapped[str] = mapped_column(String(32), default="")
    net_amount: Mapped[Decimal | None] = mapped_column(PlainDecimal)
    net_unit: Mapped[str | None] = mapped_column(String(3))
    pack_text: Mapped[str] = mapped_column(Text, default="")
    story_vi: Mapped[str] = mapped_column(Text, default="")
    story_en: Mapped[str] = mapped_column(Text, default="")
    ingredients: Mapped[str] = mapped_column(Text, default="")
    storage: Mapped[str] = mapped_column(Text, default="")
    shelf_life_days: Mapped[int | None]
    is_intermediate: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(8), default="active")
    photo_digest: Mapped[str | None] = mapped_column(ForeignKey("product_photo.digest"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def key(self) -> Gtin | InternalCode:
        """Return what the product's links are made of."""
        if self.gtin is not None:
            return Gtin.parse(self.gtin)
        return InternalCode.parse(self.internal_code or "")

    @property
    def name(self) -> Bilingual:
        """Return the name in both languages."""
        return Bilingual(self.name_vi, self.name_en)

    @property
    def story(self) -> Bilingual:
        """Return the story in both languages."""
        return Bilingual(self.story_vi, self.story_en)

    @property
    def net(self) -> Quantity | None:
        """Return the net content of one pack, where it is known."""
        if self.net_amount is None or self.net_unit is None:
            return None
        return Quantity(self.net_amount, self.net_unit)


class Certificate(Base):
    """A certificate; what was vouched for lies in its signed records."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("organisation_id", "kind", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(24))
    number: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    issued: Mapped[date]
    expires: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")

    @property
    def term(self) -> Term:
        """Return the dates that decide whether it holds."""
        return Term(
            issued=self.issued, expires=self.expires, withdrawn_on=self.withdrawn_on
        )


class IpRight(Base):
    """A right used for a product, as its producer declared it."""

    __tablename__ = "ip_right"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    sign: Mapped[str] = mapped_column(Text)
    sign_folded: Mapped[str] = mapped_column(Text, index=True)
    state: Mapped[str] = mapped_column(String(12))
    register_no: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(Text, default="")
    managing_body: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[str] = mapped_column(Text, default="")
    goods: Mapped[str] = mapped_column(Text, default="")
    right_to_use: Mapped[str] = mapped_column(Text, default="")
    right_to_use_date: Mapped[date | None]
    valid_to: Mapped[date | None]

    @property
    def facts(self) -> IpFacts:
        """Return what decides whether and how the right is shown."""
        return IpFacts(
            kind=self.kind,
            sign=self.sign,
            state=IpState(self.state),
            register_no=self.register_no,
            owner=self.owner,
            managing_body=self.managing_body,
            decision=self.decision,
            goods=self.goods,
            right_to_use=self.right_to_use,
            right_to_use_date=self.right_to_use_date,
            valid_to=self.valid_to,
        )
