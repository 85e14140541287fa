from tests.verification.make_house import House
from traceability.verification.verdict import Verdict


def results(house: House, text: str) -> list[str]:
    return [one.result.value for one in house.report(text).findings]


def test_a_printed_label_is_verified(house: House) -> None:
    for label in (house.serials[0], house.sealed[0]):
        report = house.report(label.qr_text)
        expected = ["pass"] * 11
        expected[6] = "not-checked"  # a page remembers no earlier head
        assert [one.result.value for one in report.findings] == expected, [
            one.detail for one in report.findings
        ]
        assert report.verdict is Verdict.VERIFIED
        assert report.exit_code == 0
