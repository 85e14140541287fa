"""Places, brands, producers' details, withdrawn rights: what is stored and signed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.catalog.make_catalog import (
    certificate_draft,
    ip_right_draft,
    make_actor,
    make_organisation,
    make_product,
    product_draft,
    site_draft,
)
from traceability.accounts.kinds import OrganisationKind
from traceability.catalog import queries
from traceability.catalog.drafts import (
    ProducerDraft,
    ProductState,
    SiteKind,
    SiteState,
)
from traceability.catalog.errors import (
    AlcoholError,
    GlnTakenError,
    IpRightDatesError,
    IpRightWithdrawnError,
    TaxCodeError,
)
from traceability.catalog.expiring.queries import Endings
from traceability.catalog.gaps.queries import legal_checks
from traceability.catalog.ip_rights import shown
from traceability.catalog.names import ConfusableError, DisguisedNameError
from traceability.catalog.papers.queries import papers_ending
from traceability.catalog.papers.service import (
    Withdrawal,
    correct_ip_right,
    register_certificate,
    register_ip_right,
    withdraw_certificate,
    withdraw_ip_right,
)
from traceability.catalog.places import Point
from traceability.catalog.service import (
    keep_producer_details,
    register_product,
    register_site,
    retire_site,
    set_product_state,
    update_product,
)
from traceability.catalog.shop_links import ShopLink
from traceability.core.ports import Clock, Notary
from traceability.core.text import HiddenCharacterError
from traceability.db.database import Database
from traceability.gs1.keys import Gln
from traceability.records.queries import records_about
from traceability.signing.envelope import read_unverified

POINT = Point(Decimal("21.59422"), Decimal("105.84817"))
GLN = Gln.parse("9520000050016")


def test_a_place_keeps_its_area_and_point_and_is_retired(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        draft = site_draft(
            kind=SiteKind.PLOT, point=POINT, area_hectares=Decimal("1.5")
        )
        site = register_site(session, draft, owner=owner.id, actor=who, clock=clock)
        session.expire(site)
        assert (site.point, site.area_hectares) == (POINT, Decimal("1.5"))
        assert site.is_public
        for state, left in ((SiteState.RETIRED, []), (SiteState.ACTIVE, [site])):
            retire_site(session, site, state, actor=who, clock=clock)
            retire_site(session, site, state, actor=who, clock=clock)
            assert queries.active_sites_of(session, owner.id) == left
        assert queries.sites_of(session, owner.id) == [site]


def test_a_households_plot_is_never_public(database: Database, clock: Clock) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock, kind=OrganisationKind.HOUSEHOLD)
        who = make_actor(owner)
        for kind, public in ((SiteKind.PLOT, False), (SiteKind.SHOP, True)):
            site = register_site(
                session,
                site_draft(kind=kind, is_public=True, point=POINT),
                owner=owner.id,
                actor=who,
                clock=clock,
            )
            assert site.is_public is public


def test_a_producer_says_once_what_its_labels_carry(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        one = make_organisation(session, clock)
        two = make_organisation(session, clock, "HTX mẫu 02")
        who = make_actor(one)
        assert queries.producer_details(session, one.id) is None
        for address in ("Xã mẫu", "Xã mẫu khác"):
            draft = ProducerDraft(tax_code="0100109106", gln=GLN, address=address)
            keep_producer_details(session, one.id, draft, actor=who, clock=clock)
        found = queries.producer_details(session, one.id)
        assert found is not None
        assert (found.address, found.gln_digits) == ("Xã mẫu khác", str(GLN))
        draft = ProducerDraft(gln=GLN)
        with pytest.raises(GlnTakenError), session.begin_nested():
            keep_producer_details(session, two.id, draft, actor=who, clock=clock)


@pytest.mark.parametrize("code", ["1", "0100109106-01", "abcdefghij", "٠١٠٠١٠٩١٠٦"])
def test_a_tax_code_has_its_form(code: str) -> None:
    with pytest.raises(TaxCodeError):
        ProducerDraft(tax_code=code)


@pytest.mark.parametrize("code", ["", "0100109106", "0100109106-001", "001099012345"])
def test_tax_codes_of_firms_branches_and_people_pass(code: str) -> None:
    assert ProducerDraft(tax_code=code).tax_code == code


@pytest.mark.parametrize("percent", [Decimal("-0.1"), Decimal("100.1")])
def test_alcohol_is_a_percentage(percent: Decimal) -> None:
    with pytest.raises(AlcoholError):
        product_draft(alcohol_percent=percent)


def test_a_brand_is_held_to_what_names_are_held_to(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        product = make_product(session, owner, clock, brand="Sao Ma\u0303i")
        assert product.brand == "Sao Mãi"  # NFC
        other = make_organisation(session, clock, "HTX mẫu 02")
        same = make_product(session, other, clock, 2, brand="Sao Mãi")
        assert same.brand_folded == product.brand_folded  # a brand may be shared
        for field in ("brand", "name_vi", "name_en"):
            changed = {field: "Sаo Mãi"}  # Cyrillic а
            with pytest.raises(ConfusableError) as caught:
                register_product(
                    session,
                    product_draft(3, **changed),
                    owner=other.id,
                    actor=who,
                    clock=clock,
                )
            assert (caught.value.status, caught.value.field) == (409, field)
        with pytest.raises(DisguisedNameError) as disguised:
            make_product(session, other, clock, 4, brand="Hоa")  # Cyrillic о
        assert "U+043E" in str(disguised.value)
        with pytest.raises(HiddenCharacterError) as hidden:
            product_draft(brand="Hoa\u200b")
        assert "U+200B" in str(hidden.value)


def test_a_product_keeps_everything_its_label_says(
    database: Database, clock: Clock
) -> None:
    shops = (ShopLink("https://shop.example/che"),)
    texts: dict[str, Any] = {
        "brand": "Mẫu",
        "usage": "Pha nước 80 °C",
        "warnings": "Không dùng khi đói",
        "standards": "TCVN 9740\nTCCS 01",
        "origin": "Thái Nguyên",
        "responsible_name": "Công ty mẫu",
        "responsible_address": "Xã mẫu",
    }
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        product = make_product(session, owner, clock)
        draft = product_draft(alcohol_percent=Decimal("0.5"), shops=shops, **texts)
        update_product(session, product, draft, actor=who, clock=clock)
        session.expire(product)
        assert {name: getattr(product, name) for name in texts} == texts
        assert product.alcohol_percent == Decimal("0.5")
        assert product.shops == list(shops)
        for state in (ProductState.RETIRED, ProductState.ACTIVE, ProductState.ACTIVE):
            set_product_state(session, product, state, actor=who, clock=clock)
            assert product.state == state.value


def test_what_a_product_lacks_follows_what_is_entered(
    database: Database, clock: Clock, notary: Notary
) -> None:
    def missing() -> set[str]:
        checks = legal_checks(session, product, clock.today())
        return {one.field.code for each in checks for one in each.missing}

    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        product = make_product(session, owner, clock)
        before = missing()
        assert {"product_image", "party_address", "party_id", "origin"} <= before
        details = ProducerDraft(tax_code="0100109106", address="Xã mẫu")
        keep_producer_details(session, owner.id, details, actor=who, clock=clock)
        register_site(session, site_draft(), owner=owner.id, actor=who, clock=clock)
        draft = product_draft(origin="Việt Nam", standards="TCVN 11888")
        update_product(session, product, draft, actor=who, clock=clock)
        assert missing() == {"product_image"}


def test_a_withdrawn_right_is_signed_and_shown_no_more(
    database: Database, clock: Clock, notary: Notary
) -> None:
    today = clock.today()
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        product = make_product(session, owner, clock)
        draft = ip_right_draft(product)
        right = register_ip_right(
            session, draft, owner=owner.id, actor=who, notary=notary
        )
        assert shown(right.facts, today) is not None
        future = Withdrawal(on=date(2027, 1, 1), reason="x")
        with pytest.raises(IpRightDatesError):
            withdraw_ip_right(session, right, future, actor=who, notary=notary)
        now = Withdrawal(on=today, reason="Trả lại quyền")
        withdraw_ip_right(session, right, now, actor=who, notary=notary)
        assert shown(right.facts, today) is None
        with pytest.raises(IpRightWithdrawnError):
            withdraw_ip_right(session, right, now, actor=who, notary=notary)
        with pytest.raises(IpRightWithdrawnError):
            correct_ip_right(session, right, draft, actor=who, notary=notary)
        subject = notary.identity.url(f"/ip-rights/{right.public_id}")
        newest = records_about(session, subject)[-1]
    claims = read_unverified(newest.token).payload["credentialSubject"]
    assert claims["withdrawnOn"] == today.isoformat()
    assert claims["withdrawalReason"] == "Trả lại quyền"


def test_a_certificate_for_several_things_names_them_all_in_its_record(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        one, two = (make_product(session, owner, clock, number) for number in (1, 2))
        site = register_site(
            session, site_draft(), owner=owner.id, actor=who, clock=clock
        )
        draft = certificate_draft(
            product_ids=(one.id, two.id, one.id), site_ids=(site.id,), scope="Chè\nGạo"
        )
        certificate = register_certificate(
            session, draft, owner=owner.id, actor=who, notary=notary
        )
        subject = notary.identity.url(f"/certificates/{certificate.public_id}")
        [record] = records_about(session, subject)
    claims = read_unverified(record.token).payload["credentialSubject"]
    assert len(claims["product"]) == 2
    assert claims["siteCommune"] == "05587"
    assert claims["scope"] == "Chè\nGạo"


def test_the_overview_leaves_out_what_was_followed_or_withdrawn(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        owner, other = (make_organisation(session, clock, name) for name in ("A", "B"))
        who = make_actor(owner)
        product = make_product(session, owner, clock)
        drafts = {
            "followed": certificate_draft(
                number="1", issued=date(2023, 1, 1), expires=date(2026, 11, 1)
            ),
            "follows": certificate_draft(
                number="2", issued=date(2025, 1, 1), expires=date(2026, 12, 1)
            ),
            "own": certificate_draft(
                number="3", expires=date(2026, 11, 20), product_ids=(product.id,)
            ),
            "endless": certificate_draft(number="4", expires=None),
            "withdrawn": certificate_draft(number="5", expires=date(2026, 12, 31)),
        }
        held = {
            name: register_certificate(
                session, draft, owner=owner.id, actor=who, notary=notary
            )
            for name, draft in drafts.items()
        }
        gone = Withdrawal(on=clock.today(), reason="x")
        withdraw_certificate(session, held["withdrawn"], gone, actor=who, notary=notary)
        for number, valid_to in (("A", date(2027, 1, 1)), ("B", None)):
            register_ip_right(
                session,
                ip_right_draft(product, sign=f"Dấu {number}", valid_to=valid_to),
                owner=owner.id,
                actor=who,
                notary=notary,
            )
        endings = Endings((papers_ending,))
        found = endings.due(session, owner.id, clock.today())
        assert [one.ending.name for one in found] == ["3", "2", "Dấu A"]
        assert endings.due(session, None, clock.today()) == found
        assert endings.due(session, other.id, clock.today()) == []
