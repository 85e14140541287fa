from tests.verification.make_verification import build_world, honest_evidence
from traceability.verification.report import report_of
from traceability.verification.verdict import Verdict


def test_an_honest_label_passes_every_check() -> None:
    report = report_of(honest_evidence(build_world()))
    assert report.verdict is Verdict.VERIFIED
    assert report.exit_code == 0
