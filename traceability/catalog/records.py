"""The facts of the catalogue that are signed: certificates and rights to signs."""

from dataclasses import dataclass
from datetime import date

from traceability.catalog.ip_rights import IpFacts
from traceability.core.canonical import Json
from traceability.core.identity import Identity
from traceability.gs1.digital_link import DigitalLink
from traceability.gs1.keys import Gtin, InternalCode

CERTIFICATE = "CertificateRecord"
IP_RIGHT = "IpRightRecord"


def product_link(key: Gtin | InternalCode, identity: Identity) -> str:
    """Return a product's own link, without lot and serial."""
    return str(DigitalLink(origin=identity.origin, key=key))


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRecord:
    """A certificate as its holder declared it."""

    kind: str
    number: str
    body: str
    issued: date
    expires: date | None
    product_links: tuple[str, ...] = ()  # none: all products
    commune_codes: tuple[str, ...] = ()  # of the sites it was given for; none: all
    scope: str = ""  # in the words of the paper
    file_digests: tuple[str, ...] = ()  # SHA-256 of the scans, lower-case hex
    withdrawn_on: date | None = None
    withdrawal_reason: str = ""

    def claims(self) -> dict[str, Json]:
        """Return what is signed; absent values are left out."""
        return _filled(
            {
                "kind": self.kind,
                "number": self.number,
                "body": self.body,
                "issued": self.issued.isoformat(),
                "expires": _day(self.expires),
                "product": _one_or_many(self.product_links),
                "siteCommune": _one_or_many(self.commune_codes),
                "scope": self.scope,
                "fileSha256": list(self.file_digests),
                "withdrawnOn": _day(self.withdrawn_on),
                "withdrawalReason": self.withdrawal_reason,
            }
        )


def ip_right_claims(right: IpFacts, link: str) -> dict[str, Json]:
    """Return what is signed of a right used for a product."""
    return _filled(
        {
            "kind": right.kind,
            "sign": right.sign,
            "state": right.state.value,
            "registerNo": right.register_no,
            "owner": right.owner,
            "managingBody": right.managing_body,
            "decision": right.decision,
            "goods": right.goods,
            "rightToUse": right.right_to_use,
            "rightToUseDate": _day(right.right_to_use_date),
            "validTo": _day(right.valid_to),
            "withdrawnOn": _day(right.withdrawn_on),
            "withdrawalReason": right.withdrawal_reason,
            "product": link,
        }
    )


def named(claim: Json, wanted: str) -> bool:
    """Return whether a claim that names one thing, several or none speaks for this."""
    if claim is None:
        return True
    return wanted in claim if isinstance(claim, list) else claim == wanted


def _one_or_many(values: tuple[str, ...]) -> Json:
    """Return a JSON-LD value: one as itself, several as a list, none as nothing."""
    return values[0] if len(values) == 1 else list(values)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _filled(claims: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in claims.items() if value}
