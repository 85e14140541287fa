"""Public pages of certificates and rights: what was signed, and nothing else."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.accounts.make_accounts import make_signed_in
from tests.catalog.make_catalog import (
    certificate_draft,
    ip_right_draft,
    make_actor,
    make_organisation,
    make_pdf,
    make_product,
)
from tests.web.make_web import Browser, make_app
from traceability.accounts.kinds import OrganisationKind
from traceability.catalog.certificates import CertificateKind
from traceability.catalog.ip_rights import IpState, ip_kinds
from traceability.catalog.models import Certificate, IpRight
from traceability.catalog.paper_files import paper_file
from traceability.catalog.papers.scans.service import show_file
from traceability.catalog.papers.service import (
    Withdrawal,
    register_certificate,
    register_ip_right,
    withdraw_certificate,
    withdraw_ip_right,
)
from traceability.catalog.published.reading import RightStanding, right_of, right_page
from traceability.catalog.records import ip_right_claims
from traceability.core.permissions import Actor, Role
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.transparency.triggers import drop_triggers
from traceability.web.context import Services

SCRIPT = "<script>alert(1)</script>{{7*7}}"
FILE = paper_file(make_pdf(), "Giấy.pdf")


def certificate(use: Services, **changed: object) -> Certificate:
    with use.database.transaction() as session:
        owner = make_organisation(session, use.clock)
        return register_certificate(
            session,
            certificate_draft(**changed),
            (FILE,),
            owner=owner.id,
            actor=make_actor(owner),
            notary=notary_of(use),
        )


def right(use: Services, **changed: object) -> IpRight:
    with use.database.transaction() as session:
        owner = make_organisation(session, use.clock)
        product = make_product(session, owner, use.clock)
        return register_ip_right(
            session,
            ip_right_draft(product, **changed),
            owner=owner.id,
            actor=make_actor(owner),
            notary=notary_of(use),
        )


def in_session(use: Services, change: Callable[[Session], object]) -> None:
    with use.database.transaction() as session:
        change(session)


def test_a_certificates_page_says_what_was_signed_without_a_cookie(
    use: Services,
) -> None:
    found = certificate(use, scope="Chè khô")
    stranger = Browser(make_app(use))
    page = stranger.get(f"/certificates/{found.public_id}")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert "public" in page.headers["Cache-Control"]
    for said in ("SAMPLE-ATTP-01", "Sở mẫu", "Chè khô", "Còn hiệu lực", "10/03/2028"):
        assert said in stranger.page
    assert "Chủ thể tự khai" in stranger.page
    assert FILE.digest in stranger.page
    assert "chưa công khai" in stranger.page
    again = stranger.get(
        f"/certificates/{found.public_id}", **{"If-None-Match": page.headers["ETag"]}
    )
    assert again.status_code == 304


def test_the_page_follows_the_record_not_the_row(light_use: Services) -> None:
    found = certificate(light_use)
    with light_use.database.transaction() as session:
        session.execute(update(Certificate).values(number="GIẢ-MẠO"))
    stranger = Browser(make_app(light_use))
    stranger.get(f"/certificates/{found.public_id}")
    assert "SAMPLE-ATTP-01" in stranger.page
    assert "GIẢ-MẠO" not in stranger.page


def test_a_withdrawn_certificate_says_so_and_links_both_records(
    light_use: Services,
) -> None:
    found = certificate(light_use, kind=CertificateKind.HACCP, expires=None)

    def withdraw(session: Session) -> None:
        mine = session.get_one(Certificate, found.id)
        withdraw_certificate(
            session,
            mine,
            Withdrawal(on=light_use.clock.today(), reason="Vi phạm"),
            actor=make_actor_of(mine),
            notary=notary_of(light_use),
        )

    in_session(light_use, withdraw)
    stranger = Browser(make_app(light_use))
    stranger.get(f"/certificates/{found.public_id}")
    assert "Đã thu hồi" in stranger.page
    assert "Vi phạm" in stranger.page
    assert stranger.page.count("/records/") == 2


def make_actor_of(paper: Certificate | IpRight) -> Actor:
    return Actor(
        kind="person",
        id=None,
        name="Người nhập mẫu",
        organisation_id=paper.organisation_id,
        roles=frozenset({Role.PRODUCER}),
    )


def test_a_closed_file_is_for_its_holder_officers_and_inspectors(use: Services) -> None:
    found = certificate(use)
    path = f"/certificates/{found.public_id}/files/{FILE.digest}"
    app = make_app(use)
    assert Browser(app).get(path).status_code == 404
    assert Browser(app).get(f"{path}/download").status_code == 303
    other = make_signed_in(use, login="khac@example.com")
    assert other.get(f"{path}/download").status_code == 404
    for role in (Role.OFFICER, Role.INSPECTOR):
        browser = make_signed_in(use, role, login=f"{role}@example.com")
        handed = browser.get(f"{path}/download")
        assert (handed.status_code, handed.data) == (200, FILE.content)
        assert browser.get(path).status_code == 404
        _assert_locked_up(handed)


def _assert_locked_up(handed: TestResponse) -> None:
    assert handed.mimetype == "application/pdf"
    assert handed.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''Gi%E1%BA%A5y.pdf" in handed.headers["Content-Disposition"]
    assert handed.headers["X-Content-Type-Options"] == "nosniff"
    assert handed.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert handed.headers["Cache-Control"] == "no-store"


def test_an_opened_file_is_for_everybody_until_it_is_closed(
    light_use: Services,
) -> None:
    found = certificate(light_use)
    path = f"/certificates/{found.public_id}/files/{FILE.digest}"
    stranger = Browser(make_app(light_use))
    for is_public, status in ((True, 200), (False, 404)):

        def show(session: Session, *, is_public: bool = is_public) -> None:
            mine = session.get_one(Certificate, found.id)
            show_file(
                session,
                mine,
                FILE.digest,
                is_public=is_public,
                actor=make_actor_of(mine),
                clock=light_use.clock,
            )

        in_session(light_use, show)
        answer = stranger.get(path)
        assert answer.status_code == status
        stranger.get(f"/certificates/{found.public_id}")
        assert (path in stranger.page) is is_public


def test_script_in_a_paper_is_shown_as_text(light_use: Services) -> None:
    texts = {"number": SCRIPT, "body": SCRIPT, "scope": SCRIPT}
    paper = certificate(light_use, **texts)
    mark = right(light_use, kind="trademark", sign=SCRIPT, owner=SCRIPT)
    stranger = Browser(make_app(light_use))
    for path in (f"/certificates/{paper.public_id}", f"/ip-rights/{mark.public_id}"):
        stranger.get(path)
        assert "<script>alert" not in stranger.page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in stranger.page


def test_papers_that_are_not_there_are_404(light_use: Services) -> None:
    stranger = Browser(make_app(light_use))
    for path in (
        "/certificates/x",
        "/ip-rights/x",
        f"/certificates/x/files/{'0' * 64}",
    ):
        assert stranger.get(path).status_code == 404


def test_a_household_that_keeps_its_name_is_not_named(light_use: Services) -> None:
    with light_use.database.transaction() as session:
        owner = make_organisation(
            session,
            light_use.clock,
            "Hộ Kín Tiếng",
            kind=OrganisationKind.HOUSEHOLD,
            name_public=False,
        )
        found = register_certificate(
            session,
            certificate_draft(),
            owner=owner.id,
            actor=make_actor(owner),
            notary=notary_of(light_use),
        )
    stranger = Browser(make_app(light_use))
    stranger.get(f"/certificates/{found.public_id}")
    assert "Kín Tiếng" not in stranger.page
    assert "không công khai" in stranger.page


@pytest.mark.parametrize(
    ("changed", "said", "sign_shown"),
    [
        ({}, "Chủ thể khai: đã đăng ký", True),
        (
            {"right_to_use": "", "right_to_use_date": None},
            "chưa nêu văn bản cho phép dùng",
            False,
        ),
        (
            {"kind": "trademark", "state": IpState.APPLICATION},
            "Mới nộp đơn",
            True,
        ),
        ({"kind": "patent", "state": IpState.APPLICATION}, "Mới nộp đơn", False),
        ({"valid_to": date(2026, 11, 21)}, "Đã hết hạn", True),
    ],
)
def test_a_rights_page_shows_what_a_buyer_may_see(
    light_use: Services, changed: dict[str, object], said: str, *, sign_shown: bool
) -> None:
    found = right(light_use, sign="Dấu Mẫu", **changed)
    stranger = Browser(make_app(light_use))
    assert stranger.get(f"/ip-rights/{found.public_id}").status_code == 200
    assert said in stranger.page
    assert ("Dấu Mẫu" in stranger.page) is sign_shown


def test_a_withdrawn_right_says_since_when(light_use: Services) -> None:
    found = right(light_use)

    def withdraw(session: Session) -> None:
        mine = session.get_one(IpRight, found.id)
        gone = Withdrawal(on=light_use.clock.today(), reason="Trả lại")
        withdraw_ip_right(
            session, mine, gone, actor=make_actor_of(mine), notary=notary_of(light_use)
        )

    in_session(light_use, withdraw)
    stranger = Browser(make_app(light_use))
    stranger.get(f"/ip-rights/{found.public_id}")
    assert "Trả lại" in stranger.page


def test_a_record_whose_signature_does_not_count_is_never_called_valid(
    light_use: Services,
) -> None:
    found, mark = certificate(light_use), right(light_use)
    with light_use.database.transaction() as session:
        drop_triggers(session.connection(), ["signed_record"])
        session.execute(update(SignedRecord).values(kid="did:web:tx.example#nobody"))
    stranger = Browser(make_app(light_use))
    for path in (f"/certificates/{found.public_id}", f"/ip-rights/{mark.public_id}"):
        assert stranger.get(path).status_code == 200
        assert "Chưa xác nhận được chữ ký" in stranger.page
        assert "Còn hiệu lực" not in stranger.page


def test_what_is_signed_of_a_right_is_read_back_whole() -> None:
    for kind in ip_kinds():
        for state in IpState:
            claims = {
                "kind": kind.code,
                "sign": "Dấu",
                "state": state.value,
                "registerNo": "1",
                "validTo": "2030-01-01",
                "withdrawnOn": "2026-01-01",
                "withdrawalReason": "x",
                "product": "L",
            }
            facts = right_of(claims)
            assert ip_right_claims(facts, "L") == claims
            page = right_page(facts, date(2026, 2, 1))
            assert page.standing is RightStanding.WITHDRAWN


def test_an_uploaded_scan_ends_up_on_the_certificates_page(use: Services) -> None:
    browser = make_signed_in(use)
    browser.get("/certificates/new")
    sent = {
        "kind": "vietgap",
        "number": "SAMPLE-01",
        "body": "Sở mẫu",
        "issued": "15/6/2025",
        "file": (io.BytesIO(make_pdf()), "giay.pdf"),
    }
    assert browser.post("/certificates/new", sent).status_code == 303
    with use.database.reading() as session:
        [found] = session.scalars(select(Certificate))
    browser.get(f"/certificates/{found.public_id}/files")
    assert "giay.pdf" in browser.page
    assert browser.get(f"/certificates/{found.public_id}").status_code == 200
    assert FILE.digest in browser.page
