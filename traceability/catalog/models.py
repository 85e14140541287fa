"""Tables of the catalogue."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from traceability.catalog.certificates import Term
from traceability.catalog.communes import Commune, commune
from traceability.catalog.ip_rights import IpFacts, IpState
from traceability.catalog.places import Point
from traceability.catalog.shop_links import ShopLink
from traceability.core.quantity import Quantity
from traceability.core.text import Bilingual
from traceability.db.base import Base
from traceability.db.types import JsonText, PlainDecimal, UtcDateTime
from traceability.gs1.keys import Gln, Gtin, InternalCode

_WITHDRAWN = text("withdrawn_on IS NOT NULL")  # few: found without the rest


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
    state: Mapped[str] = mapped_column(
        String(8), default="active", server_default="active"
    )
    area_hectares: Mapped[Decimal | None] = mapped_column(PlainDecimal)
    latitude: Mapped[Decimal | None] = mapped_column(PlainDecimal)
    longitude: Mapped[Decimal | None] = mapped_column(PlainDecimal)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def point(self) -> Point | None:
        """Return where it lies; who may be told, ``places.may_be_named`` decides."""
        if self.latitude is None or self.longitude is None:
            return None
        return Point(self.latitude, self.longitude)

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


class ProducerDetails(Base):
    """What labels and passports say of a producer, as it keeps it itself."""

    __tablename__ = "producer_details"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, autoincrement=False
    )
    tax_code: Mapped[str] = mapped_column(String(14), default="")
    gln_digits: Mapped[str | None] = mapped_column(String(13), unique=True)
    address: Mapped[str] = mapped_column(Text, default="")


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
    brand: Mapped[str] = mapped_column(Text, default="", server_default="")
    brand_folded: Mapped[str] = mapped_column(
        Text, default="", server_default="", index=True
    )
    usage: Mapped[str] = mapped_column(Text, default="", server_default="")
    warnings: Mapped[str] = mapped_column(Text, default="", server_default="")
    standards: Mapped[str] = mapped_column(Text, default="", server_default="")
    origin: Mapped[str] = mapped_column(Text, default="", server_default="")
    responsible_name: Mapped[str] = mapped_column(Text, default="", server_default="")
    responsible_address: Mapped[str] = mapped_column(
        Text, default="", server_default=""
    )
    alcohol_percent: Mapped[Decimal | None] = mapped_column(PlainDecimal)
    shop_links: Mapped[list[str]] = mapped_column(
        JsonText, default=list, server_default="[]"
    )
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

    @property
    def shops(self) -> list[ShopLink]:
        """Return where it is sold, as the producer says."""
        return [ShopLink(url) for url in self.shop_links]


class ProductPicture(Base):
    """A photo in a product's row of photos; the first one is the cover."""

    __tablename__ = "product_picture"
    __table_args__ = (UniqueConstraint("product_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    digest: Mapped[str] = mapped_column(ForeignKey("product_photo.digest"), index=True)
    position: Mapped[int]
    alt: Mapped[str] = mapped_column(Text, default="")


class Certificate(Base):
    """A certificate; what was vouched for lies in its signed records."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("organisation_id", "kind", "number"),
        Index(
            "ix_certificate_withdrawn",
            "public_id",
            sqlite_where=_WITHDRAWN,
            postgresql_where=_WITHDRAWN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(24))
    number: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text, default="", server_default="")
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


class CertificateProduct(Base):
    """A product a certificate is for; one without any is for all of them."""

    __tablename__ = "certificate_product"

    certificate_id: Mapped[int] = mapped_column(
        ForeignKey("certificate.id"), primary_key=True
    )
    product_id: Mapped[int] = mapped_column(
        ForeignKey("product.id"), primary_key=True, index=True
    )


class CertificateSite(Base):
    """A place a certificate is for; one without any is for all of them."""

    __tablename__ = "certificate_site"

    certificate_id: Mapped[int] = mapped_column(
        ForeignKey("certificate.id"), primary_key=True
    )
    site_id: Mapped[int] = mapped_column(
        ForeignKey("site.id"), primary_key=True, index=True
    )


class CertificateFile(Base):
    """A scan of a certificate; its digest stands in the certificate's record."""

    __tablename__ = "certificate_file"
    __table_args__ = (UniqueConstraint("certificate_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    digest: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(Text)
    size: Mapped[int]  # in bytes
    is_public: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CertificateFilePart(Base):
    """A piece of a file: backups and engines handle it a little at a time."""

    __tablename__ = "certificate_file_part"

    file_id: Mapped[int] = mapped_column(
        ForeignKey("certificate_file.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class IpRight(Base):
    """A right used for a product, as its producer declared it."""

    __tablename__ = "ip_right"
    __table_args__ = (
        Index(
            "ix_ip_right_withdrawn",
            "public_id",
            sqlite_where=_WITHDRAWN,
            postgresql_where=_WITHDRAWN,
        ),
    )

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
    withdrawn_on: Mapped[date | None]
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="", server_default="")

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
            withdrawn_on=self.withdrawn_on,
            withdrawal_reason=self.withdrawal_reason,
        )
