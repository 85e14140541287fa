"""Reports of problems: from a stranger's form to the producer's and officer's board."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from tests.accounts.make_accounts import make_signed_in
from tests.lookup.make_lookup import Answer, Street
from traceability.accounts.models import AuditEntry, Organisation
from traceability.core.permissions import Role
from traceability.gs1.digital_link import DigitalLink
from traceability.lookup.errors import TooManyReportsError
from traceability.lookup.models import ProblemReport
from traceability.lookup.queries import Found
from traceability.lookup.service import (
    MOST_IN_WINDOW,
    WINDOW,
    ReportDraft,
    ReportKind,
    file_report,
)
from traceability.lookup.showing.queries import found_by

FORM = {"kind": "copy", "text": "Tem mờ,\nmua ở chợ", "contact": "0900 000 000"}


def send(street: Street, path: str, **changed: str) -> Answer:
    body = urlencode({**FORM, "website": "", **changed})
    return street.ask(f"/report{path}", "POST", body)


def stored(street: Street) -> list[ProblemReport]:
    with street.house.use.database.reading() as session:
        return list(session.scalars(select(ProblemReport)))


def found(street: Street, path: str) -> Found:
    link = DigitalLink.parse(f"https://tx.example{path}")
    with street.house.use.database.reading() as session:
        return found_by(session, link, street.use)


def test_a_report_is_stored_for_the_producer(street: Street) -> None:
    answer = send(street, street.label)
    assert (answer.status, answer.headers["location"]) == (303, "/report/sent?lang=vi")
    assert "set-cookie" not in answer.headers
    assert "Cảm ơn bạn" in street.ask("/report/sent").text
    (report,) = stored(street)
    assert report.link == f"https://tx.example{street.label}"
    assert report.about == street.house.batch.digital_link
    assert report.organisation_id == street.house.batch.organisation_id
    assert (report.kind, report.text, report.contact) == tuple(FORM.values())
    assert report.handled_at is None


def test_the_form_shows_what_it_is_about(still_street: Street) -> None:
    words = still_street.ask(f"/report{still_street.label}").text
    assert "Chè mẫu" in words
    assert "CHE-1" in words


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text": ""}, "điền"),
        ({"kind": "nonsense"}, "Hãy chọn"),
        ({"kind": "other-lot"}, "Hãy chọn"),
        ({"text": "a\x00b"}, "NUL"),
        ({"text": "x" * 1001}, "1000"),
        ({"text": "a\u202eb"}, "U+202E"),
        ({"contact": "x" * 201}, "200"),
    ],
)
def test_a_form_that_cannot_be_used_keeps_what_was_typed(
    light_street: Street, changed: dict[str, str], said: str
) -> None:
    answer = send(light_street, light_street.label, **changed)
    assert answer.status in {400, 422}
    assert said in answer.text
    if answer.status == 422 and "contact" not in changed:
        assert 'value="0900 000 000"' in answer.html
    assert stored(light_street) == []


def test_a_robot_that_fills_the_trap_is_thanked_and_forgotten(
    light_street: Street,
) -> None:
    assert send(light_street, light_street.label, website="x").status == 303
    assert stored(light_street) == []


def test_a_huge_report_is_413(light_street: Street) -> None:
    answer = send(light_street, light_street.label, text="x" * 17_000)
    assert answer.status == 413
    assert stored(light_street) == []


def test_a_code_nobody_issued_can_be_reported(light_street: Street) -> None:
    assert send(light_street, f"{light_street.lot}/21/FALSE").status == 303
    assert send(light_street, f"{light_street.product}/10/NONE").status == 303
    assert send(light_street, "/01/09506000134352/10/X").status == 303
    by_lot, by_product, unknown = stored(light_street)
    assert by_product.about == f"https://tx.example{light_street.product}"
    assert by_lot.about == light_street.house.batch.digital_link
    assert (unknown.about, unknown.organisation_id) == ("unregistered", None)


def test_reports_about_one_lot_are_bounded_whatever_the_serial(
    street: Street,
) -> None:
    use, draft = street.house.use, ReportDraft(kind=ReportKind.COPY, text="x")
    with use.database.transaction() as session:
        for number in range(MOST_IN_WINDOW):
            path = f"{street.lot}/21/S{number}"
            file_report(session, found(street, path), draft, clock=use.clock)
        with pytest.raises(TooManyReportsError):
            file_report(session, found(street, street.lot), draft, clock=use.clock)
        other = found(street, "/01/09506000134352")
        file_report(session, other, draft, clock=use.clock)


def test_the_bound_is_told_in_words_and_ends(
    light_street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traceability.lookup.service.MOST_IN_WINDOW", 1)
    assert send(light_street, light_street.lot).status == 303
    answer = send(light_street, light_street.lot)
    assert answer.status == 429
    assert "đã được phản ánh nhiều lần" in answer.text
    assert "mua ở chợ" in answer.html
    monkeypatch.setattr(
        "traceability.lookup.service.WINDOW", -WINDOW - timedelta(seconds=1)
    )
    assert send(light_street, light_street.lot).status == 303


def own(street: Street) -> Organisation:
    with street.house.use.database.reading() as session:
        return session.get_one(Organisation, street.house.batch.organisation_id)


def test_producer_and_officer_see_it_and_others_do_not(street: Street) -> None:
    send(street, street.label)
    use = street.house.use
    producer = make_signed_in(use, login="a@example.com", organisation=own(street))
    stranger = make_signed_in(use, login="b@example.com")
    officer = make_signed_in(use, Role.OFFICER, login="c@example.com")
    for browser, seen in ((producer, True), (officer, True), (stranger, False)):
        response = browser.get("/reports")
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert ("mua ở chợ" in browser.page) is seen
        assert ("0900 000 000" in browser.page) is seen
    (report,) = stored(street)
    path = f"/reports/{report.public_id}/handled"
    assert stranger.post(path).status_code == 404
    assert stored(street)[0].handled_at is None


def test_a_report_is_handled_once_and_audited(street: Street) -> None:
    send(street, street.label)
    use = street.house.use
    browser = make_signed_in(use, Role.OFFICER, login="c@example.com")
    (report,) = stored(street)
    for _ in range(2):
        browser.get("/reports")
        path = f"/reports/{report.public_id}/handled"
        assert browser.post(path).status_code == 303
    browser.get("/reports")
    assert "mua ở chợ" not in browser.page
    browser.get("/reports?state=handled")
    assert "mua ở chợ" in browser.page
    assert "Người dùng mẫu" in browser.page
    (report,) = stored(street)
    assert report.handled_at == use.clock.now()
    with use.database.reading() as session:
        entries = select(func.count()).where(AuditEntry.action == "report-handled")
        assert session.scalar(entries) == 1


def test_the_board_is_for_people_who_signed_in(light_street: Street) -> None:
    answer = light_street.ask("/reports")
    assert answer.status == 303
    assert answer.headers["location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("page", ["-1", "0", "x", "1e9", "99999999999", "٣"])
def test_odd_page_numbers_are_a_page(light_street: Street, page: str) -> None:
    browser = make_signed_in(light_street.house.use, Role.OFFICER)
    assert browser.get(f"/reports?page={page}").status_code == 200


def test_looking_at_a_report_counts_no_scan(light_street: Street) -> None:
    send(light_street, light_street.label)
    browser = make_signed_in(light_street.house.use, Role.OFFICER)
    browser.get("/reports")
    assert f'href="/p{light_street.label}"' in browser.page
