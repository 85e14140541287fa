"""The same lies in one file: caught by the same check, without a network."""

import pytest

import tests.forgeries.claims
import tests.forgeries.labels
import tests.forgeries.records  # noqa: F401 (they fill the collection)
from tests.forgeries.bundles import check
from tests.forgeries.museum import COLLECTION, Lie
from tests.forgeries.test_forgeries import HONEST
from traceability.verification.findings import Result
from traceability.verification.verdict import Verdict

# What a bundle does not speak of, or its reader does not listen to.
ITS_WORD = {
    *("copied_code", "serial_of_another_lot"),
    "stamp_that_the_service_says_is_unbound",
}  # the service's, on scans, labels
PROOFS = {
    *("forked_checkpoint", "rolled_back_checkpoint"),
    *("altered_consistency_proof", "withheld_consistency_proof"),
}  # heads that a bundle's entries do not reach: never green either
OLD = {"list_past_its_end", "list_that_never_ends"}  # as a bundle's lists may be
SEEN_NEWER = "list_given_back_for_an_older_one"  # the verifier's own list decides


def is_about_the_list(lie: Lie) -> bool:
    """Whether a lie lies in the trust list that came along, which nobody believes."""
    case = lie.build("http://127.0.0.1:8000")
    return case.trust_list != case.memory.trust_list


@pytest.mark.parametrize("lie", COLLECTION, ids=lambda lie: lie.name)
def test_a_bundle_with_a_lie_is_never_green(lie: Lie) -> None:
    report = check(lie.build("http://127.0.0.1:8000"))
    found = report.finding(lie.number)
    assert report.verdict is not Verdict.VERIFIED
    if lie.name in ITS_WORD | PROOFS | OLD:
        assert found.result is Result.NOT_CHECKED
    elif lie.name == SEEN_NEWER:
        assert found.code == "current-then"
    elif lie.number == 2 and is_about_the_list(lie):
        assert found.code == "host-trusted"  # by the list that was pinned
    else:
        assert found.result is Result.FAIL, report.as_json()
        assert report.exit_code == 1


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_bundle_passes_what_it_can(name: str) -> None:
    case = HONEST[name]("http://127.0.0.1:8000")
    head = case.document["checkpoint"]
    case.memory = case.memory.with_checkpoint(head)
    report = check(case)
    failed = [one.code for one in report.findings if one.result is Result.FAIL]
    assert failed == []
    assert report.exit_code == 0
