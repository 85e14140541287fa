"""Checks 1 to 4: the link, its host, its seal, its serial."""

from traceability.batches.record import RECORD_TYPE
from traceability.core.errors import DomainError
from traceability.gs1.digital_link import DigitalLink
from traceability.gs1.keys import Gtin
from traceability.labels.seal import Seal, Sealed, SealFacts, parse_seal, verify_seal
from traceability.verification.evidence import Evidence, LabelState, Mode
from traceability.verification.findings import (
    Finding,
    Problem,
    Result,
    failed,
    not_checked,
    not_checked_for,
    passed,
    refused,
)
from traceability.verification.lot import (
    covering_binding,
    covering_run,
    covering_void,
    is_applied,
)
from traceability.verification.opened import NOT_AT_HAND
from traceability.verification.stamps import BINDING_TYPE, RUN_TYPE, blank_run
from traceability.verification.trust import MISSING
from traceability.verification.versions import versions

LINK, HOST, SEAL, SERIAL = 1, 2, 3, 4
UNREADABLE = Problem("link-invalid", "The link cannot be read.")


def check_1(evidence: Evidence) -> Finding:
    """Check that the link parses and its check digits hold."""
    if evidence.asked is None:
        return _no_link(LINK)
    if evidence.asked.link is None:
        return refused(LINK, evidence.asked.problem or UNREADABLE)
    return passed(
        LINK,
        "link-well-formed",
        "The link reads %(link)s.",
        link=str(evidence.asked.link),
    )


def _no_link(number: int) -> Finding:
    return not_checked(number, "no-link", "There is no link to look at.")


def check_2(evidence: Evidence) -> Finding:
    """Check that the link's host is one the trust list names, to the letter."""
    if evidence.trust.problem is not None:
        return trust_refused(HOST, evidence.trust.problem)
    if evidence.link is None:
        return _no_link(HOST)
    origin = evidence.link.origin
    if origin not in evidence.trust.origins:
        return failed(
            HOST,
            "host-not-trusted",
            "The trust list does not name %(origin)s.",
            origin=origin,
        )
    if evidence.trust.first_sight:
        return passed(
            HOST,
            "host-first-sight",
            "%(origin)s names itself; this verifier knew nobody before. Compare its "
            "root key: %(kid)s.",
            origin=origin,
            kid=evidence.trust.first_sight,
        )
    return passed(
        HOST, "host-trusted", "The trust list names %(origin)s.", origin=origin
    )


def trust_refused(number: int, problem: Problem) -> Finding:
    """Return the finding of a check that needs a trust list there is none of."""
    if number == HOST and problem.code != MISSING:
        return refused(number, problem)
    return not_checked_for(number, problem)


def check_3(evidence: Evidence) -> Finding:
    """Check that the seal was made for this very link, or that none is missing."""
    if evidence.link is None:
        return _no_link(SEAL)
    if evidence.seal is None:
        return _without_seal(evidence)
    if evidence.trust.problem is not None:
        return trust_refused(SEAL, evidence.trust.problem)
    try:
        seal = verified_seal(evidence, evidence.link, evidence.seal)
    except DomainError as refusal:
        return refused(SEAL, Problem.of(refusal))
    return _seal_against_records(evidence, seal)


def verified_seal(evidence: Evidence, link: DigitalLink, digits: str) -> Seal:
    """Return the seal if a listed key made it for this link.

    A revoked key's seal counts where its label run is proven to be older. Raises what
    labels.seal and the key ring raise.
    """
    run = covering_run(evidence)
    seal = parse_seal(digits)
    key = evidence.trust.ring.seal_key(
        seal.key_id4, logged_at=run.log_index if run else None
    )
    verify_seal(seal, sealed_of(link), key)
    return seal


def seal_facts(evidence: Evidence) -> SealFacts | None:
    """Return what the link's seal says, if it verifies."""
    if evidence.link is None or evidence.seal is None:
        return None
    try:
        return verified_seal(evidence, evidence.link, evidence.seal).facts
    except DomainError:
        return None


def sealed_of(link: DigitalLink) -> Sealed:
    """Return what a seal on this link must be made for. Raises ``SealScopeError``."""
    kind = "01" if isinstance(link.key, Gtin) else "X"
    return Sealed(product=f"({kind}){link.key}", lot=link.lot or "", serial=link.serial)


def _seal_against_records(evidence: Evidence, seal: Seal) -> Finding:
    records = versions(evidence.opened, RECORD_TYPE)
    index = seal.facts.log_index
    if records and index not in {one.log_index for one in records}:
        return failed(
            SEAL,
            "seal-other-record",
            "The seal speaks of log entry %(index)d, which is not this lot's record.",
            index=index,
        )
    return passed(
        SEAL,
        "seal-genuine",
        "The seal was made for this link; it names log entry %(index)d.",
        index=index,
    )


def _without_seal(evidence: Evidence) -> Finding:
    run = covering_run(evidence)
    told = evidence.label is not None and evidence.label.sealed
    if told or (run is not None and run.sealed):
        return failed(
            SEAL,
            "seal-dropped",
            "Labels of this run carry a seal; this one came without.",
        )
    if evidence.label is None:
        return not_checked(
            SEAL,
            "seal-unknown",
            "The link carries no seal, and nobody could say whether it should.",
        )
    return passed(SEAL, "seal-none", "Labels of this run are printed without a seal.")


_TOLD = {
    LabelState.UNKNOWN: ("serial-unknown", "This serial was never issued."),
    LabelState.OTHER_BATCH: (
        "serial-other-batch",
        "This serial belongs to another lot.",
    ),
    LabelState.LOT_UNKNOWN: ("lot-unknown", "This lot is not registered."),
    LabelState.PRODUCT_UNKNOWN: (
        "product-unknown",
        "This product is not registered.",
    ),
    LabelState.VOID: ("label-void", "This label was declared void."),
    LabelState.UNBOUND: ("label-unbound", "This stamp is not bound to any lot yet."),
}


def check_4(evidence: Evidence) -> Finding:
    """Check that the serial is genuine and in a live range of this lot.

    Whether it is genuine only the service can say, for the key is secret; that its
    range was printed for this lot, or bound to it later, is signed and logged.
    """
    label = evidence.label
    if label is None:
        return _told_by_records(evidence)
    if label.state in _TOLD:
        return failed(SERIAL, *_TOLD[label.state])
    single = evidence.link is not None and evidence.link.serial is not None
    if label.state is LabelState.PRODUCT or (not single and evidence.subject == ""):
        return not_checked(
            SERIAL, "no-lot", "The link names a product, not a lot or a label."
        )
    if not single:
        return passed(
            SERIAL,
            "lot-level",
            "The link is shared by the whole lot, which is registered.",
        )
    return _against_runs(evidence)


def _told_by_records(evidence: Evidence) -> Finding:
    """Return what a bundle's records say against a serial, for nobody says it is ours.

    The records of a label's printing travel with it.
    """
    single = evidence.link is not None and evidence.link.serial is not None
    if evidence.mode is Mode.BUNDLE and single:
        found = _against_runs(evidence)
        if found.result is Result.FAIL:
            return found
    return nobody_said(evidence, SERIAL)


def nobody_said(evidence: Evidence, number: int) -> Finding:
    """Return the finding of a check for which the service would have to speak."""
    if evidence.silence is not None:
        return not_checked_for(number, evidence.silence)
    return not_checked(number, "not-asked", "The service was not asked.")


def _against_runs(evidence: Evidence) -> Finding:
    void = covering_void(evidence)
    if void is not None:
        return failed(SERIAL, *_TOLD[LabelState.VOID])
    run = covering_run(evidence)
    unproven = _unproven(evidence)
    if run is None and unproven is not None:
        return not_checked_for(SERIAL, unproven)
    if run is None:
        return _outside(evidence)
    if run.must_be_applied and not is_applied(evidence):
        return failed(
            SERIAL,
            "label-not-applied",
            "The producer activates its labels; this one was printed and has not been "
            "activated.",
        )
    return passed(
        SERIAL,
        "serial-live",
        "The serial is genuine and lies in a run that log entry %(index)d holds.",
        index=run.log_index,
    )


def _outside(evidence: Evidence) -> Finding:
    """Return the finding on a serial that no run of the lot holds."""
    if covering_binding(evidence) is not None:
        return failed(SERIAL, *_TOLD[LabelState.OTHER_BATCH])
    if blank_run(evidence.opened, evidence.link) is not None:
        return failed(
            SERIAL,
            "serial-not-bound",
            "No signed and logged binding makes this stamp one of the lot's.",
        )
    return failed(
        SERIAL,
        "serial-outside-runs",
        "No signed label run of this lot holds this serial.",
    )


def _unproven(evidence: Evidence) -> Problem | None:
    """Return why label records cannot be used now: the log is not at hand."""
    for one in evidence.opened:
        told = one.is_a(RUN_TYPE) or one.is_a(BINDING_TYPE)
        if told and one.log and one.log.code in NOT_AT_HAND:
            return one.log
    return None
