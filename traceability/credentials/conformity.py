"""Recognitions and certificates as UNTP Digital Conformity Credentials. Pure.

Who assessed and who merely said so are kept apart: a certificate its holder declared
is a declaration, whatever the paper is, until its issuer confirms it here with a key of
its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from traceability.catalog.certificates import CertificateKind
from traceability.core.canonical import Json
from traceability.core.identity import Identity
from traceability.credentials.source import Around, Source, filled
from traceability.credentials.untp import (
    CONFORMITY,
    Derived,
    named,
    party,
    source_link,
    voucher_party,
    web_link,
)

MOST_STARS = 5
_TOPICS = "https://vocabulary.uncefact.org/conformity-topics/"
_INTEGRITY = ("product-integrity", "Product Integrity")
_SAFETY = ("health-and-safety", "Health and Safety")
_SCHEMES = {
    CertificateKind.FOOD_SAFETY: ("Food safety eligibility (Viet Nam)", _SAFETY),
    CertificateKind.HACCP: ("HACCP", _SAFETY),
    CertificateKind.ISO22000: ("ISO 22000", _SAFETY),
    CertificateKind.VIETGAP: ("VietGAP", _INTEGRITY),
    CertificateKind.VIETGAHP: ("VietGAHP", _INTEGRITY),
    CertificateKind.GLOBALGAP: ("GLOBALG.A.P.", _INTEGRITY),
    CertificateKind.ORGANIC: ("Organic production", _INTEGRITY),
    CertificateKind.QUALITY_DECLARATION: ("Declaration of quality", _INTEGRITY),
    CertificateKind.OTHER: ("Other certificate", _INTEGRITY),
}
_OCOP = "OCOP (One Commune One Product), Viet Nam"


@dataclass(frozen=True, slots=True)
class _Assurance:
    """UNTP's words for who assessed, under whose authority, and what this is."""

    assessor: str
    level: str
    attestation: str
    said: str


_COUNCIL = _Assurance(
    "3rdParty",
    "authority-mandate",
    "certification",
    "Cán bộ nhập theo quyết định, hệ thống ký · Entered by an officer from the"
    " decision, signed by this service",
)
_DECLARED = _Assurance(
    "self",
    "no-endorsement",
    "declaration",
    "Chủ thể tự khai; nơi cấp giấy chưa xác nhận tại đây · Declared by the producer;"
    " whoever issued the paper has not confirmed it here",
)
_CONFIRMED = _Assurance(
    "3rdParty",
    "no-endorsement",
    "certification",
    "Bên nêu tên xác nhận bằng khóa riêng · Confirmed by the party named, with a key of"
    " its own",
)


def recognition(source: Source, around: Around, identity: Identity) -> Derived:
    """Return the attestation of a product's stars."""
    claims = source.claims
    title = f"OCOP {claims['stars']} sao · {claims['certificateNo']}"
    rules = named(
        "Regulation", _rules_id(claims["rules"], identity), str(claims["rules"])
    )
    holder = around.holder
    subject = filled(
        {
            **_attestation(source, title, _COUNCIL),
            "issuedToParty": party(holder.id, holder.name)
            if holder
            else party(f"{source.subject}#holder", ""),
            "authorisation": [_decision(source)],
            "referenceScheme": named(
                "ConformityScheme", _scheme_id("ocop", identity), _OCOP
            ),
            "referenceProfile": named(
                "ConformityProfile", rules["id"], str(claims["rules"])
            ),
            "profileScore": _stars(claims),
            "conformityCertificate": web_link(
                source.subject, title, "certificationInfo"
            ),
            "auditableEvidence": source_link(source, identity),
            "conformityAssessment": [
                {
                    **_assessment(source, title, claims["issued"], _INTEGRITY),
                    "assessmentCriteria": [
                        named("Criterion", rules["id"], str(claims["rules"]))
                    ],
                    "assessedPerformance": [{"score": _stars(claims)}],
                    "assessedProduct": [_product(str(claims["product"]), around)],
                    "referenceRegulation": [rules],
                    "conformance": "withdrawnOn" not in claims,
                }
            ],
        }
    )
    return Derived(
        kind=CONFORMITY, name=title, subject=subject, valid_until=_last_day(claims)
    )


def certificate(source: Source, around: Around, identity: Identity) -> Derived:
    """Return the attestation a certificate is, as far as anybody vouched for it."""
    claims = source.claims
    scheme, topic = _SCHEMES[CertificateKind(claims["kind"])]
    title = f"{scheme} · {claims['number']}"
    address = _scheme_id(str(claims["kind"]), identity)
    confirmed = source.voucher["basis"] == "confirmed"
    holder = voucher_party(source.voucher)
    products = _several(claims.get("product"))
    subject = {
        **_attestation(source, title, _CONFIRMED if confirmed else _DECLARED),
        "issuedToParty": holder,
        "referenceScheme": named("ConformityScheme", address, scheme),
        "conformityCertificate": web_link(source.subject, title, "certificationInfo"),
        "auditableEvidence": source_link(source, identity),
        "conformityAssessment": [
            filled(
                {
                    **_assessment(source, title, claims["issued"], topic),
                    "assessmentCriteria": [named("Criterion", address, scheme)],
                    "assessedPerformance": [{"score": _issued_by(claims)}],
                    "assessedProduct": [_product(one, around) for one in products]
                    or None,
                    "assessedOrganisation": holder,
                    "specifiedCondition": _conditions(claims) or None,
                    "conformance": "withdrawnOn" not in claims,
                }
            )
        ],
    }
    return Derived(
        kind=CONFORMITY, name=title, subject=subject, valid_until=_last_day(claims)
    )


def _attestation(source: Source, title: str, assurance: _Assurance) -> dict[str, Json]:
    return {
        **named("ConformityAttestation", source.subject, title),
        "description": assurance.said,
        "assessorLevel": assurance.assessor,
        "assessmentLevel": assurance.level,
        "attestationType": assurance.attestation,
    }


def _assessment(
    source: Source, title: str, day: Json, topic: tuple[str, str]
) -> dict[str, Json]:
    code, name = topic
    return {
        **named("ConformityAssessment", f"{source.subject}#assessment", title),
        "assessmentDate": day,
        "conformityTopic": [named("ConformityTopic", _TOPICS + code, name)],
    }


def _decision(source: Source) -> dict[str, Json]:
    claims = source.claims
    body = party(f"{source.subject}#decided-by", str(claims["decidedBy"]))
    return {
        "name": f"Quyết định · Decision {claims['decisionNo']}",
        "issuingAuthority": body,
    }


def _stars(claims: Mapping[str, Any]) -> dict[str, Json]:
    """Return stars as a score; UNTP ranks the best as 1."""
    stars = int(claims["stars"])
    return {
        "code": str(stars),
        "rank": MOST_STARS + 1 - stars,
        "definition": f"{stars} / {MOST_STARS} sao · stars;"
        f" {claims['points']} / 100 điểm · points",
    }


def _issued_by(claims: Mapping[str, Any]) -> dict[str, Json]:
    """Return what the paper states; no measurement of its own is known here."""
    return {
        "code": "withdrawn" if "withdrawnOn" in claims else "issued",
        "definition": f"Nơi cấp · Issued by: {claims['body']}",
    }


def _conditions(claims: Mapping[str, Any]) -> list[Json]:
    communes = _several(claims.get("siteCommune"))
    places = [f"Xã, phường · Commune {code}" for code in communes]
    return [*([claims["scope"]] if claims.get("scope") else []), *places]


def _product(link: str, around: Around) -> dict[str, Json]:
    product = named("Product", link, around.names.get(link, link))
    return {"product": product, "idVerifiedByCAB": False}


def _last_day(claims: Mapping[str, Any]) -> date | None:
    """Return the last day it holds: a withdrawal ends it before its term."""
    days = [claims[name] for name in ("withdrawnOn", "expires") if claims.get(name)]
    return min(map(date.fromisoformat, days), default=None)


def _scheme_id(code: str, identity: Identity) -> str:
    return identity.url(f"/contexts/v1#scheme-{code}")


def _rules_id(rules: str, identity: Identity) -> str:
    return identity.url(f"/contexts/v1#rules-{quote(rules, safe='')}")


def _several(claim: Any) -> list[str]:
    if claim is None:
        return []
    return list(claim) if isinstance(claim, list) else [claim]
