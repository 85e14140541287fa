import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.catalog.make_catalog import (
    certificate_draft,
    ip_right_draft,
    make_actor,
    make_gtin,
    make_organisation,
    make_product,
    product_draft,
    site_draft,
)
from traceability.accounts.models import AuditEntry, Organisation
from traceability.catalog import queries
from traceability.catalog.drafts import LONG, ProductState
from traceability.catalog.errors import (
    CertificateDatesError,
    CertificateNotFoundError,
    CertificateTakenError,
    CertificateWithdrawnError,
    GlnTakenError,
    GtinTakenError,
    IntermediateError,
    InternalCodeTakenError,
    IpRightNotFoundError,
    NameTakenError,
    PhotoNotFoundError,
    ProductKeyError,
    ProductNotFoundError,
    RightToUseError,
    ShelfLifeError,
    SiteNotFoundError,
    TextMissingError,
    TextTooLongError,
)
from traceability.catalog.models import Product
from traceability.catalog.names import ConfusableError, DisguisedNameError
from traceability.catalog.papers.service import (
    Withdrawal,
    correct_ip_right,
    register_certificate,
    register_ip_right,
    withdraw_certificate,
)
from traceability.catalog.photos import WebPhoto
from traceability.catalog.pictures.service import add_photo
from traceability.catalog.service import register_site, update_product, update_site
from traceability.core.errors import DomainError
from traceability.core.ports import Clock, Notary
from traceability.core.text import HiddenCharacterError
from traceability.db.database import Database
from traceability.gs1.keys import Gln, InternalCode
from traceability.records.models import SignedRecord
from traceability.records.queries import records_about
from traceability.signing.envelope import read_unverified


def subject_of(record: SignedRecord) -> dict[str, Any]:
    found: dict[str, Any] = payload_of(record)["credentialSubject"]
    return found


def payload_of(record: SignedRecord) -> dict[str, Any]:
    found: dict[str, Any] = read_unverified(record.token).payload
    return found


def test_a_product_is_stored_and_found_by_its_key(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        made = make_product(session, owner, clock)
    with database.reading() as session:
        found = queries.product_by_key(session, make_gtin())
        assert found is not None
        assert (found.id, found.key, found.net) == (made.id, make_gtin(), made.net)
        assert found.name.in_language("en") == "Gạo mẫu 1"
        assert queries.product_by_key(session, InternalCode("NOPE")) is None
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()))
        assert entry.first().action == "product-registered"  # type: ignore[union-attr]  # the assertion says so


def test_a_name_is_stored_in_nfc_and_taken_in_any_spelling(
    database: Database, clock: Clock
) -> None:
    name = "Chè Tân Cương"
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        decomposed = unicodedata.normalize("NFD", name)
        product = make_product(session, owner, clock, 1, name_vi=decomposed)
        assert product.name_vi == name
    for spelling in (name, decomposed, "CHÈ TÂN CƯƠNG", "  Chè   Tân Cương "):
        with (
            pytest.raises(NameTakenError) as caught,
            database.transaction() as session,
        ):
            make_product(session, owner, clock, 2, name_vi=spelling)
        assert (caught.value.status, caught.value.code) == (409, "product-name-taken")


def test_another_producer_may_use_the_same_plain_name(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        one = make_organisation(session, clock, "HTX mẫu 01")
        other = make_organisation(session, clock, "HTX mẫu 02")
        make_product(session, one, clock, 1, name_vi="Gạo nếp")
        make_product(session, other, clock, 2, name_vi="Gạo nếp")
        assert len(queries.products_of(session, other.id)) == 1


def test_a_look_alike_of_an_existing_name_or_sign_is_refused(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        other = make_organisation(session, clock, "HTX mẫu 02")
        product = make_product(session, owner, clock, 1, name_vi="Miến dong")
        register_ip_right(
            session,
            ip_right_draft(product, sign="Bắc Kạn"),
            owner=owner.id,
            actor=make_actor(owner),
            notary=notary,
        )
        for fake in ("Miến dоng", "Bắс Kạn"):  # Cyrillic о and с
            with pytest.raises(ConfusableError) as caught:
                make_product(session, other, clock, 2, name_vi=fake)
            assert (caught.value.status, caught.value.code) == (409, "confusable-with")
        with pytest.raises(DisguisedNameError):
            make_product(session, other, clock, 2, name_vi="Gạо chưa ai có")
        with pytest.raises(ConfusableError):
            register_ip_right(
                session,
                ip_right_draft(product, sign="Bắс Kạn"),
                owner=owner.id,
                actor=make_actor(owner),
                notary=notary,
            )


def test_a_gtin_and_an_internal_code_belong_to_one_product(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        make_product(session, owner, clock, 1)
        make_product(session, owner, clock, 2, key=InternalCode("THOC-01"))
    cases = [(make_gtin(1), GtinTakenError)]
    cases.append((InternalCode("THOC-01"), InternalCodeTakenError))  # type: ignore[arg-type]  # both are keys
    for key, error in cases:
        with pytest.raises(error), database.transaction() as session:
            make_product(session, owner, clock, 3, key=key)


def test_a_products_key_stays_and_its_texts_change(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        product = make_product(session, owner, clock)
        who = make_actor(owner)
        changed = product_draft(story_vi="Một\nhai", state=ProductState.RETIRED)
        update_product(session, product, changed, actor=who, clock=clock)
        assert (product.story.vi, product.state) == ("Một\nhai", "retired")
        moved = product_draft(key=make_gtin(9))
        with pytest.raises(ProductKeyError):
            update_product(session, product, moved, actor=who, clock=clock)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"name_vi": " "}, TextMissingError),
        ({"name_vi": "Gạo\u200b mẫu"}, HiddenCharacterError),
        ({"name_vi": "Gạo \u202emẫu"}, HiddenCharacterError),
        ({"name_vi": "x" * 201}, TextTooLongError),
        ({"story_vi": "x" * (LONG + 1)}, TextTooLongError),
        ({"name_en": "a\nb\x07"}, HiddenCharacterError),
        ({"ocop_set": "no-such-set"}, DomainError),
        ({"is_intermediate": True}, IntermediateError),
        ({"shelf_life_days": 0}, ShelfLifeError),
        ({"shelf_life_days": 10**9}, ShelfLifeError),
    ],
)
def test_what_no_label_could_carry_is_refused(
    changed: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error) as caught:
        product_draft(**changed)
    assert caught.value.status == 422


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "{{7*7}}", "=cmd|x", "' OR 1=1--"]
)
def test_odd_names_are_stored_word_for_word(
    sqlite_database: Database, clock: Clock, name: str
) -> None:
    with sqlite_database.transaction() as session:
        owner = make_organisation(session, clock)
        assert make_product(session, owner, clock, name_vi=name).name_vi == name


def test_one_producer_never_reaches_the_things_of_another(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        other = make_organisation(session, clock, "HTX mẫu 02")
        who = make_actor(owner)
        product = make_product(session, owner, clock)
        site = register_site(
            session, site_draft(), owner=owner.id, actor=who, clock=clock
        )
        certificate = register_certificate(
            session, certificate_draft(), owner=owner.id, actor=who, notary=notary
        )
        right = register_ip_right(
            session, ip_right_draft(product), owner=owner.id, actor=who, notary=notary
        )
        reads: list[tuple[Callable[[Session, int, str], object], str, type]] = [
            (queries.own_product, product.public_id, ProductNotFoundError),
            (queries.own_site, site.public_id, SiteNotFoundError),
            (queries.own_certificate, certificate.public_id, CertificateNotFoundError),
            (queries.own_ip_right, right.public_id, IpRightNotFoundError),
        ]
        for read, public_id, error in reads:
            assert read(session, owner.id, public_id)
            with pytest.raises(error):
                read(session, other.id, public_id)
        assert not queries.products_of(session, other.id)
        assert not queries.sites_of(session, other.id)
        assert not queries.certificates_of(session, other.id)
        assert not queries.ip_rights_of(session, other.id)
        assert queries.ip_rights_of(session, owner.id) == [right]
        assert queries.sites_of(session, owner.id) == [site]
        for draft, missing in (
            (certificate_draft(product_ids=(product.id,)), ProductNotFoundError),
            (certificate_draft(site_ids=(site.id,)), SiteNotFoundError),
        ):
            with pytest.raises(missing):
                register_certificate(
                    session,
                    draft,
                    owner=other.id,
                    actor=make_actor(other),
                    notary=notary,
                )
        with pytest.raises(ProductNotFoundError):
            register_ip_right(
                session,
                ip_right_draft(product),
                owner=other.id,
                actor=make_actor(other),
                notary=notary,
            )
        with pytest.raises(ProductNotFoundError):
            queries.product_by_public_id(session, "nobody")


def test_a_site_knows_its_commune_and_a_gln_names_one_site(
    database: Database, clock: Clock
) -> None:
    gln = Gln("9520000050016")
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        site = register_site(
            session, site_draft(gln=gln), owner=owner.id, actor=who, clock=clock
        )
        assert (site.gln, site.commune.province_code) == (gln, "19")
        update_site(
            session, site, site_draft(old_address="Xã cũ"), actor=who, clock=clock
        )
        assert (site.gln, site.old_address) == (None, "Xã cũ")
        update_site(session, site, site_draft(gln=gln), actor=who, clock=clock)
    with pytest.raises(GlnTakenError), database.transaction() as session:
        register_site(
            session, site_draft(gln=gln), owner=owner.id, actor=who, clock=clock
        )


def test_a_photo_is_kept_once_however_often_it_is_sent(
    database: Database, clock: Clock
) -> None:
    picture = WebPhoto(b"webp", 8, 6)
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        products = [make_product(session, owner, clock, number) for number in (1, 2)]
        for product in products:
            add_photo(session, product, picture, actor=who, clock=clock)
        assert {one.photo_digest for one in products} == {picture.digest}
        assert queries.photo(session, picture.digest).webp == b"webp"
        with pytest.raises(PhotoNotFoundError):
            queries.photo(session, "0" * 64)


def test_a_certificate_is_signed_as_what_its_producer_declares(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        product = make_product(session, owner, clock)
        certificate = register_certificate(
            session,
            certificate_draft(product_ids=(product.id,)),
            owner=owner.id,
            actor=who,
            notary=notary,
        )
        subject = notary.identity.url(f"/certificates/{certificate.public_id}")
        [record] = records_about(session, subject)
        payload = payload_of(record)
        assert payload["vouchedBy"]["basis"] == "declared"
        assert payload["vouchedBy"]["name"] == "HTX mẫu 01"
        assert subject_of(record) == {
            "id": subject,
            "kind": "food_safety",
            "number": "SAMPLE-ATTP-01",
            "body": "Sở mẫu",
            "issued": "2025-03-10",
            "expires": "2028-03-10",
            "product": f"https://tx.example/01/{make_gtin()}",
        }


def test_a_private_name_stays_out_of_signed_bytes(
    sqlite_database: Database, clock: Clock, notary: Notary
) -> None:
    with sqlite_database.transaction() as session:
        owner = make_organisation(session, clock, "Hộ mẫu", name_public=False)
        certificate = register_certificate(
            session,
            certificate_draft(),
            owner=owner.id,
            actor=make_actor(owner),
            notary=notary,
        )
        subject = notary.identity.url(f"/certificates/{certificate.public_id}")
        [record] = records_about(session, subject)
        assert "name" not in payload_of(record)["vouchedBy"]
        assert "Hộ mẫu" not in str(payload_of(record))


def test_a_withdrawal_is_a_new_version_and_happens_once(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        certificate = register_certificate(
            session, certificate_draft(), owner=owner.id, actor=who, notary=notary
        )
        today = clock.today()
        for on in (date(2025, 3, 9), today + timedelta(days=1)):
            with pytest.raises(CertificateDatesError):
                withdraw_certificate(
                    session,
                    certificate,
                    Withdrawal(on=on, reason="x"),
                    actor=who,
                    notary=notary,
                )
        record = withdraw_certificate(
            session,
            certificate,
            Withdrawal(on=today, reason="Hết"),
            actor=who,
            notary=notary,
        )
        assert record.version == 2
        assert subject_of(record)["withdrawnOn"] == today.isoformat()
        assert not certificate.term.holds(today)
        with pytest.raises(CertificateWithdrawnError):
            withdraw_certificate(
                session,
                certificate,
                Withdrawal(on=today, reason="x"),
                actor=who,
                notary=notary,
            )


def test_a_certificate_is_registered_once(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        register_certificate(
            session,
            certificate_draft(),
            owner=owner.id,
            actor=make_actor(owner),
            notary=notary,
        )
    with pytest.raises(CertificateTakenError), database.transaction() as session:
        register_certificate(
            session,
            certificate_draft(),
            owner=owner.id,
            actor=make_actor(owner),
            notary=notary,
        )


def test_certificates_of_the_product_the_site_and_the_whole_producer_speak_for_it(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        product = make_product(session, owner, clock, 1)
        other = make_product(session, owner, clock, 2)
        site = register_site(
            session, site_draft(), owner=owner.id, actor=who, clock=clock
        )
        for number, bound in enumerate(
            ({}, {"product_ids": (product.id,)}, {"site_ids": (site.id,)}), start=1
        ):
            register_certificate(
                session,
                certificate_draft(number=f"N{number}", **bound),
                owner=owner.id,
                actor=who,
                notary=notary,
            )

        def numbers(one: Any, site_id: int | None) -> set[str]:
            found = queries.certificates_for(session, one, site_id)
            return {certificate.number for certificate in found}

        assert numbers(product, site.id) == {"N1", "N2", "N3"}
        assert numbers(product, None) == {"N1", "N2"}
        assert numbers(other, site.id) == {"N1", "N3"}


def test_a_right_is_signed_and_a_correction_is_its_next_version(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        product = make_product(session, owner, clock)
        right = register_ip_right(
            session, ip_right_draft(product), owner=owner.id, actor=who, notary=notary
        )
        correct_ip_right(
            session,
            right,
            ip_right_draft(product, register_no="00142"),
            actor=who,
            notary=notary,
        )
        subject = notary.identity.url(f"/ip-rights/{right.public_id}")
        first, second = records_about(session, subject)
        assert (first.version, second.version) == (1, 2)
        assert payload_of(second)["supersedes"] == first.digest
        assert subject_of(second)["registerNo"] == "00142"
        assert right.facts.register_no == "00142"
        assert queries.ip_rights_for(session, product) == [right]


def test_a_right_to_use_comes_with_its_date(
    sqlite_database: Database, clock: Clock
) -> None:
    with sqlite_database.transaction() as session:
        owner: Organisation = make_organisation(session, clock)
        product = make_product(session, owner, clock)
    for changed in ({"right_to_use": ""}, {"right_to_use_date": None}):
        with pytest.raises(RightToUseError):
            ip_right_draft(product, **changed)


def test_a_certificate_does_not_end_before_it_begins() -> None:
    with pytest.raises(CertificateDatesError):
        certificate_draft(expires=date(2025, 3, 9))


def test_two_people_send_the_same_photo_at_once(
    database: Database, clock: Clock
) -> None:
    picture = WebPhoto(b"webp", 8, 6)
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        ids = [make_product(session, owner, clock, number).id for number in (1, 2)]
    start = Barrier(2)

    def send(product_id: int) -> str | None:
        start.wait()
        with database.transaction() as session:
            product = session.get_one(Product, product_id)
            add_photo(session, product, picture, actor=who, clock=clock)
            return product.photo_digest

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(send, ids)) == {picture.digest}


def test_of_two_producers_only_one_gets_a_gtin(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        owners = [make_organisation(session, clock, f"HTX mẫu {n}") for n in (1, 2)]
    start = Barrier(2)

    def register(owner: Organisation) -> str:
        start.wait()
        try:
            with database.transaction() as session:
                make_product(session, owner, clock)
        except GtinTakenError as refusal:
            return refusal.code
        return "registered"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(register, owners))
    assert answers == ["gtin-taken", "registered"]
