"""Check 9: stars, certificates, rights and confirmations that are shown as valid."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from traceability.batches.record import BatchRecord
from traceability.catalog.certificates import Term
from traceability.catalog.ip_rights import IpFacts, IpState, shown
from traceability.catalog.records import CERTIFICATE, IP_RIGHT, named
from traceability.core.canonical import Json
from traceability.core.errors import DomainError
from traceability.ocop.rating import (
    RecognitionFacts,
    Standing,
    StandingState,
    standing_for,
)
from traceability.ocop.records import RECOGNITION
from traceability.verification.confirmation_checks import confirmations_problem
from traceability.verification.evidence import Evidence
from traceability.verification.findings import (
    Finding,
    Problem,
    passed,
    refused,
)
from traceability.verification.label_checks import trust_refused
from traceability.verification.lot import batch_record, chain_problem, hidden_record
from traceability.verification.opened import Opened
from traceability.verification.record_checks import no_record
from traceability.verification.status_checks import withdrawn_in_list
from traceability.verification.versions import Version, versions

CLAIMS = 9
_ELSEWHERE = {
    *("id", "product", "siteCommune", "fileSha256", "commitments"),
}  # looked at by themselves, or not shown
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


def check_9(evidence: Evidence) -> Finding:
    """Check that stars and papers shown as valid held at production and hold today."""
    if evidence.trust.problem is not None:
        return trust_refused(CLAIMS, evidence.trust.problem)
    lot = batch_record(evidence)
    if lot is None or evidence.shown is None:
        return no_record(evidence, CLAIMS)
    records = [*evidence.opened_recognitions, *evidence.opened_papers]
    problem = (
        _first_unsound(records)
        or _broken_history(evidence, records)
        or _stars_problem(evidence, lot, evidence.shown.stars)
        or _papers_problem(evidence, lot, evidence.shown.papers)
        or _words_problem(records, evidence.shown.words)
        or confirmations_problem(evidence, evidence.shown.confirmations)
    )
    if problem is not None:
        return refused(CLAIMS, problem)
    return _claims_hold(evidence.shown.stars, len(evidence.shown.papers))


def _claims_hold(stars: int, papers: int) -> Finding:
    if not stars:
        return passed(
            CLAIMS,
            "no-stars-shown",
            "No stars are shown as valid. Certificates and rights shown: %(papers)d; "
            "all hold.",
            papers=papers,
        )
    return passed(
        CLAIMS,
        "claims-hold",
        "%(stars)d stars held at production and hold today, as a signed record says. "
        "Certificates and rights shown: %(papers)d; all hold.",
        stars=stars,
        papers=papers,
    )


def _first_unsound(records: Iterable[Opened]) -> Problem | None:
    for one in records:
        problem = one.signature or one.log
        if problem is not None:
            return problem
    return None


def _broken_history(evidence: Evidence, records: Sequence[Opened]) -> Problem | None:
    known = {one.digest for one in records}
    for subject, history in _by_subject(records).items():
        problem = chain_problem(history) or hidden_record(evidence, subject, known)
        if problem is not None:
            return problem
    return None


def _by_subject(records: Iterable[Opened]) -> dict[str, list[Version]]:
    """Return each subject's versions, oldest first."""
    records = list(records)
    types = (RECOGNITION, CERTIFICATE, IP_RIGHT)
    found = [one for kind in types for one in versions(records, kind)]
    found.sort(key=lambda one: one.credential.subject)  # keeps the order of versions
    groups = groupby(found, key=lambda one: one.credential.subject)
    return {subject: list(history) for subject, history in groups}


def _stars_problem(evidence: Evidence, lot: BatchRecord, stars: int) -> Problem | None:
    try:
        facts = [
            _recognition(history[-1], lot)
            for history in _by_subject(evidence.opened_recognitions).values()
        ]
    except _UNREADABLE:
        return Problem("recognition-unreadable", "This is no recognition.")
    if None in facts:
        return Problem(
            "recognition-other-product", "The recognition is for another product."
        )
    if not stars:
        return None
    known = [one for one in facts if one is not None]
    two = standing_for(known, production_date=lot.production_date, today=evidence.today)
    return (
        _standing_problem(two.made, stars)
        or _standing_problem(two.today, stars)
        or _listed_problem(evidence, two.today)
    )


def _listed_problem(evidence: Evidence, today: Standing) -> Problem | None:
    """Return that a status list tells of the withdrawal of stars that seem to hold."""
    name = today.recognition.public_id if today.recognition else ""
    for subject, history in _by_subject(evidence.opened_recognitions).items():
        if subject.rpartition("/")[2] == name:
            return withdrawn_in_list(evidence, history[-1].log_index)
    return None


def _recognition(version: Version, lot: BatchRecord) -> RecognitionFacts | None:
    claims = version.credential.claims
    if claims["product"] != lot.product.link:
        return None
    return RecognitionFacts(
        public_id=version.credential.subject.rpartition("/")[2],
        stars=int(claims["stars"]),
        points=Decimal(claims["points"]),
        scope=str(claims.get("scope", "")),
        decision_no=str(claims["decisionNo"]),
        decided_by=str(claims["decidedBy"]),
        certificate_no=str(claims["certificateNo"]),
        rules=str(claims["rules"]),
        issued=date.fromisoformat(claims["issued"]),
        expires=date.fromisoformat(claims["expires"]),
        withdrawn_on=_day(claims, "withdrawnOn"),
        withdrawal_reason=claims.get("withdrawalReason"),
    )


_STANDING = {
    StandingState.NONE: "Stars are shown, but no signed record gives any.",
    StandingState.NOT_YET: "On %(on)s the stars were not yet given.",
    StandingState.EXPIRED: "On %(on)s the stars had expired.",
    StandingState.WITHDRAWN: "On %(on)s the stars had been withdrawn.",
}


def _standing_problem(standing: Standing, stars: int) -> Problem | None:
    if standing.state is not StandingState.VALID:
        code = f"stars-{standing.state.value}"
        return Problem(code, _STANDING[standing.state], {"on": standing.on})
    if standing.stars >= stars:
        return None
    return Problem(
        "stars-too-many",
        "%(shown)d stars are shown, but on %(on)s there were %(held)d.",
        {"shown": stars, "held": standing.stars, "on": standing.on},
    )


def _papers_problem(
    evidence: Evidence, lot: BatchRecord, subjects: Sequence[str]
) -> Problem | None:
    histories = _by_subject(evidence.opened_papers)
    days = (lot.production_date, evidence.today)
    for subject in subjects:
        history = histories.get(subject)
        if not history:
            return Problem(
                "paper-without-record",
                "%(subject)s is shown as valid, but no signed record says so.",
                {"subject": subject},
            )
        if not _paper_holds(history[-1], lot, days):
            return Problem(
                "paper-lapsed",
                "%(subject)s is shown as valid, but did not hold on both days.",
                {"subject": subject},
            )
        listed = withdrawn_in_list(evidence, history[-1].log_index)
        if listed is not None:
            return listed
    return None


def _words_problem(
    records: Iterable[Opened], words: Mapping[str, Mapping[str, Json]]
) -> Problem | None:
    """Return why what a page prints of a fact is not what was signed, or nothing."""
    for subject, history in _by_subject(records).items():
        claims = history[-1].credential.claims
        signed = {name: claims[name] for name in claims if name not in _ELSEWHERE}
        if words.get(subject, signed) != signed:
            return Problem(
                "shown-otherwise",
                "%(subject)s is shown otherwise than it was signed.",
                {"subject": subject},
            )
    return None


def _paper_holds(version: Version, lot: BatchRecord, days: Sequence[date]) -> bool:
    claims = version.credential.claims
    by_producer = version.credential.voucher.get("id") == lot.producer.id
    if not by_producer or not named(claims.get("product"), lot.product.link):
        return False
    try:
        if version.credential.type == CERTIFICATE:
            return _term(claims).holds(*days)
        return shown(_right(claims), *days) is not None
    except (DomainError, *_UNREADABLE):
        return False


def _term(claims: Mapping[str, Any]) -> Term:
    return Term(
        issued=date.fromisoformat(claims["issued"]),
        expires=_day(claims, "expires"),
        withdrawn_on=_day(claims, "withdrawnOn"),
    )


def _right(claims: Mapping[str, Any]) -> IpFacts:
    return IpFacts(
        kind=claims["kind"],
        sign=claims["sign"],
        state=IpState(claims["state"]),
        register_no=claims.get("registerNo", ""),
        right_to_use=claims.get("rightToUse", ""),
        right_to_use_date=_day(claims, "rightToUseDate"),
        valid_to=_day(claims, "validTo"),
        withdrawn_on=_day(claims, "withdrawnOn"),
    )


def _day(claims: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(claims[name]) if claims.get(name) else None
