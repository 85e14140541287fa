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
    product_link: str | None
    commune_code: str | None  # of the site it was given for
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
                "product": self.product_link,
                "siteCommune": self.commune_code,
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
            "product": link,
        }
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _filled(claims: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in claims.items() if value}
