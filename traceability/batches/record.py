"""What a producer vouches for about one lot, as claims to be signed and read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from traceability.batches.errors import RecordUnreadableError
from traceability.batches.overrides import Rule, RuleOverride, read_overrides
from traceability.batches.rules import Shortfall
from traceability.core.canonical import Json
from traceability.core.errors import DomainError
from traceability.core.quantity import Quantity

RECORD_TYPE = "BatchRecord"
STATUS_RECORD_TYPE = "BatchStatusRecord"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductClaim:
    """Which product it is: its link, its key and its names on the day of issue."""

    link: str
    key_kind: str  # "gtin" or "internalCode"
    key: str
    name_vi: str
    name_en: str = ""
    net_content: Quantity | None = None  # of one pack


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerClaim:
    """Whose lot it is; a household's name is private unless it agreed."""

    id: str
    name: str
    name_public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteClaim:
    """Where: the commune as of the day of issue and, where there is one, the GLN."""

    commune_code: str
    commune_name: str
    gln: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotInput:
    """Some of another lot went in, as that lot's record stood when this was signed."""

    lot: str  # the source lot's canonical link
    record_sha256: str
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideInput:
    """Something from outside went in; the supplier's name is private."""

    outside: str
    quantity: Quantity
    lot_number: str = ""  # the supplier's own, GS1 CSET 82
    supplier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Why quantities that do not balance are nevertheless so."""

    reason: str
    shortfalls: tuple[Shortfall, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionClaim:
    """The recognition held at production: where its record is, and its digest.

    Never the stars themselves: those are read from that record (issue, point 3).
    """

    subject: str
    record_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecord:
    """One lot of one product, as its producer vouched for it."""

    product: ProductClaim
    producer: ProducerClaim
    lot_number: str
    production_date: date
    packaging_date: date | None = None
    best_before: date | None = None
    expiry: date | None = None
    quantity: Quantity
    site: SiteClaim
    variety: str = ""
    stage: str = ""  # the work it comes from; older records do not say
    inputs: tuple[LotInput | OutsideInput, ...] = ()
    override: Override | None = None  # of the balance
    rule_overrides: tuple[RuleOverride, ...] = ()  # of the other rules
    recognition: RecognitionClaim | None = None
    correction_reason: str = ""

    @property
    def exceptions(self) -> dict[Rule, str]:
        """Return every reason its producer answers for, by rule."""
        given = {one.rule: one.reason for one in self.rule_overrides}
        return {Rule.MASS: self.override.reason, **given} if self.override else given

    def claims(self) -> dict[str, Json]:
        """Return what is signed in clear; empty values are left out."""
        return _without_gaps(
            {
                "product": _product(self.product),
                "producer": _producer(self.producer),
                "lotNumber": self.lot_number,
                "productionDate": self.production_date.isoformat(),
                "packagingDate": _day(self.packaging_date),
                "bestBefore": _day(self.best_before),
                "expiry": _day(self.expiry),
                "quantity": quantity_claim(self.quantity),
                "site": _site(self.site),
                "variety": self.variety,
                "stage": self.stage,
                "inputs": [_input(one) for one in self.inputs],
                "massBalanceOverride": _override(self.override),
                "ruleOverrides": [one.claims() for one in self.rule_overrides] or None,
                "recognition": _recognition(self.recognition),
                "correctionReason": self.correction_reason,
            }
        )

    def private(self) -> dict[str, Json]:
        """Return what is signed only as commitments (TRUST.md, private values)."""
        hidden: dict[str, Json] = {
            f"inputs-{place}-supplier": one.supplier
            for place, one in enumerate(self.inputs)
            if isinstance(one, OutsideInput) and one.supplier
        }
        if not self.producer.name_public:
            hidden["producer-name"] = self.producer.name
        return hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRecord:
    """A hold, a recall or a release, with what buyers are told."""

    status: str  # "held", "recalled" or "released"
    reason_vi: str
    reason_en: str = ""
    advice_vi: str = ""
    advice_en: str = ""
    contact: str = ""

    def claims(self) -> dict[str, Json]:
        """Return what is signed."""
        return _without_gaps(
            {
                "status": self.status,
                "reason": _without_gaps({"vi": self.reason_vi, "en": self.reason_en}),
                "advice": _without_gaps({"vi": self.advice_vi, "en": self.advice_en}),
                "contact": self.contact,
            }
        )


def quantity_claim(quantity: Quantity) -> dict[str, Json]:
    """Return a quantity as it is signed: a decimal string and a Rec 20 code."""
    return {"value": quantity.plain(), "unitCode": quantity.unit}


def _without_gaps(claims: dict[str, Json]) -> dict[str, Json]:
    return {
        name: value for name, value in claims.items() if value not in ("", None, {})
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _product(product: ProductClaim) -> dict[str, Json]:
    net = product.net_content
    return _without_gaps(
        {
            "id": product.link,
            product.key_kind: product.key,
            "nameVi": product.name_vi,
            "nameEn": product.name_en,
            "netContent": quantity_claim(net) if net else None,
        }
    )


def _producer(producer: ProducerClaim) -> dict[str, Json]:
    name = producer.name if producer.name_public else ""
    return _without_gaps({"id": producer.id, "name": name})


def _site(site: SiteClaim) -> dict[str, Json]:
    return _without_gaps(
        {
            "communeCode": site.commune_code,
            "communeName": site.commune_name,
            "gln": site.gln,
        }
    )


def _input(one: LotInput | OutsideInput) -> dict[str, Json]:
    quantity = quantity_claim(one.quantity)
    if isinstance(one, LotInput):
        return {
            "lot": one.lot,
            "recordSha256": one.record_sha256,
            "quantity": quantity,
        }
    return _without_gaps(
        {"outside": one.outside, "lotNumber": one.lot_number, "quantity": quantity}
    )


def _override(override: Override | None) -> dict[str, Json] | None:
    if override is None:
        return None
    gaps = [
        _without_gaps(
            {
                "rule": gap.rule,
                "lot": gap.lot,
                "available": format(gap.available, "f"),
                "wanted": format(gap.wanted, "f"),
                "unitCode": gap.unit,
            }
        )
        for gap in override.shortfalls
    ]
    return {"reason": override.reason, "shortfalls": gaps}


def _recognition(recognition: RecognitionClaim | None) -> dict[str, Json] | None:
    if recognition is None:
        return None
    return {"id": recognition.subject, "recordSha256": recognition.record_sha256}


def read_batch_record(claims: Mapping[str, Json]) -> BatchRecord:
    """Read signed claims back. Raises ``RecordUnreadableError``.

    Private values are not in the claims: names and suppliers come back empty.
    """
    try:
        return _read(claims)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as fault:
        raise RecordUnreadableError("This is no batch record.") from fault
    except DomainError as fault:
        raise RecordUnreadableError("This is no batch record.") from fault


def read_status_record(claims: Mapping[str, Json]) -> StatusRecord:
    """Read a hold, recall or release back. Raises ``RecordUnreadableError``."""
    try:
        reason, advice = claims["reason"], claims.get("advice", {})
        return StatusRecord(
            status=claims["status"],
            reason_vi=reason["vi"],
            reason_en=reason.get("en", ""),
            advice_vi=advice.get("vi", ""),
            advice_en=advice.get("en", ""),
            contact=claims.get("contact", ""),
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise RecordUnreadableError("This is no status record.") from fault


def _read(claims: Mapping[str, Json]) -> BatchRecord:
    producer = claims["producer"]
    return BatchRecord(
        product=_read_product(claims["product"]),
        producer=ProducerClaim(
            id=producer["id"],
            name=producer.get("name", ""),
            name_public="name" in producer,
        ),
        lot_number=claims["lotNumber"],
        production_date=date.fromisoformat(claims["productionDate"]),
        packaging_date=_read_day(claims, "packagingDate"),
        best_before=_read_day(claims, "bestBefore"),
        expiry=_read_day(claims, "expiry"),
        quantity=_read_quantity(claims["quantity"]),
        site=_read_site(claims["site"]),
        variety=claims.get("variety", ""),
        stage=_text(claims.get("stage", "")),
        inputs=tuple(_read_input(one) for one in claims["inputs"]),
        override=_read_override(claims.get("massBalanceOverride")),
        rule_overrides=read_overrides(claims.get("ruleOverrides", ())),
        recognition=_read_recognition(claims.get("recognition")),
        correction_reason=claims.get("correctionReason", ""),
    )


def _read_product(claim: Mapping[str, Json]) -> ProductClaim:
    kind = "gtin" if "gtin" in claim else "internalCode"
    net = claim.get("netContent")
    return ProductClaim(
        link=_text(claim["id"]),
        key_kind=kind,
        key=claim[kind],
        name_vi=claim["nameVi"],
        name_en=claim.get("nameEn", ""),
        net_content=_read_quantity(net) if net else None,
    )


def _read_site(claim: Mapping[str, Json]) -> SiteClaim:
    return SiteClaim(
        commune_code=claim["communeCode"],
        commune_name=claim["communeName"],
        gln=claim.get("gln", ""),
    )


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _read_day(claims: Mapping[str, Json], name: str) -> date | None:
    return date.fromisoformat(claims[name]) if name in claims else None


def _read_quantity(claim: Mapping[str, Json]) -> Quantity:
    return Quantity.parse(claim["value"], claim["unitCode"])


def _read_input(claim: Mapping[str, Json]) -> LotInput | OutsideInput:
    quantity = _read_quantity(claim["quantity"])
    if "lot" in claim:
        return LotInput(
            lot=_text(claim["lot"]),
            record_sha256=_text(claim["recordSha256"]),
            quantity=quantity,
        )
    return OutsideInput(
        outside=claim["outside"],
        quantity=quantity,
        lot_number=claim.get("lotNumber", ""),
    )


def _read_override(claim: Mapping[str, Json] | None) -> Override | None:
    if claim is None:
        return None
    gaps = tuple(
        Shortfall(
            rule=gap["rule"],
            available=Decimal(gap["available"]),
            wanted=Decimal(gap["wanted"]),
            unit=gap["unitCode"],
            lot=gap.get("lot", ""),
        )
        for gap in claim["shortfalls"]
    )
    return Override(reason=claim["reason"], shortfalls=gaps)


def _read_recognition(claim: Mapping[str, Json] | None) -> RecognitionClaim | None:
    if claim is None:
        return None
    return RecognitionClaim(subject=claim["id"], record_sha256=claim["recordSha256"])
