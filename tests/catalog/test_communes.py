import unicodedata
from datetime import date

import pytest

from traceability.catalog import communes
from traceability.catalog.communes import (
    CommuneUnknownError,
    commune,
    find,
    read,
    search,
    unit_on,
)
from traceability.catalog.provinces import (
    ProvinceUnknownError,
    former_provinces,
    province_on,
    provinces,
)

BEFORE, SINCE = date(2025, 6, 30), date(2025, 7, 1)
CHANGED = {"15", "24", "44", "52", "80", "82", "91"}


def test_the_tables_hold_every_unit_of_2025() -> None:
    everything = communes.all_communes()
    assert (len(provinces()), len(everything)) == (34, 3321)
    assert {one.province_code for one in everything} == {
        province.code for province in provinces()
    }
    assert all(len(one.code) == 5 and one.code.isdecimal() for one in everything)


def test_names_are_in_nfc_and_carry_their_kind() -> None:
    for one in communes.all_communes():
        assert unicodedata.normalize("NFC", one.full_name) == one.full_name
        assert one.name.startswith(("Xã ", "Phường ", "Đặc khu "))


def test_a_code_names_one_commune() -> None:
    found = commune("05587")
    assert found.province_code == "19"
    assert found.full_name.endswith(", tỉnh Thái Nguyên")


def test_the_corrected_code_stands() -> None:
    assert commune("23938").name == "Xã Ia Mơ"
    with pytest.raises(CommuneUnknownError):
        commune("23737")


@pytest.mark.parametrize("code", ["", "99999", "5587", "٠٥٥٨٧", "05587 "])
def test_other_codes_are_refused(code: str) -> None:
    with pytest.raises(CommuneUnknownError) as caught:
        commune(code)
    assert caught.value.status == 422


def test_search_does_not_mind_diacritics_or_case() -> None:
    plain = search("tan cuong thai nguyen")
    assert plain
    assert plain == search("TÂN CƯƠNG, Thái Nguyên")
    assert "Tân Cương" in plain[0].name


def test_the_whole_name_comes_first() -> None:
    assert search("đại phúc")[0].name.partition(" ")[2] == "Đại Phúc"


def test_search_is_bounded_and_empty_for_nothing() -> None:
    assert len(search("xã")) == communes.MAX_FOUND
    assert search("  ") == []
    assert search("không có xã nào tên thế này") == []


def test_what_a_picker_sends_is_read_back() -> None:
    for one in communes.all_communes()[::97]:
        assert read(one.label) == one
        assert read(one.code) == one


def test_a_name_only_one_commune_has_is_enough() -> None:
    assert read("tan cuong, thai nguyen").code == read("Xã Tân Cương").code


@pytest.mark.parametrize("typed", ["Tân", "", "(99999)", "Nowhere"])
def test_an_unclear_place_is_refused_with_what_was_typed(typed: str) -> None:
    with pytest.raises(CommuneUnknownError) as caught:
        read(typed)
    assert caught.value.field == "commune_code"


def test_a_province_lists_its_communes() -> None:
    assert {one.province_code for one in communes.communes_of("19")} == {"19"}


def test_63_provinces_became_34() -> None:
    former = former_provinces()
    assert len(former) == 63
    assert {one.successor.code for one in former} == {one.code for one in provinces()}
    gone = [one for one in former if one.code not in {p.code for p in provinces()}]
    assert len(gone) == 63 - 34
    assert sum(one.name == one.successor.name for one in former) == 34


def test_seven_codes_changed_their_meaning_on_the_first_of_july() -> None:
    former = [one for one in former_provinces() if one.code_means_another_now]
    assert {one.code for one in former} == CHANGED
    for code in CHANGED:
        assert province_on(code, BEFORE).name != province_on(code, SINCE).name
    assert province_on("15", BEFORE).name == "Tỉnh Yên Bái"
    assert province_on("15", SINCE).name == "Tỉnh Lào Cai"
    assert province_on("10", BEFORE).name == "Tỉnh Lào Cai"


def test_a_code_is_valid_only_in_its_time() -> None:
    for code, day in [("02", SINCE), ("99", SINCE), ("01", date(2008, 7, 31))]:
        with pytest.raises(ProvinceUnknownError):
            province_on(code, day)
    assert unit_on("05587", SINCE) == commune("05587")
    assert unit_on("02", BEFORE) == province_on("02", BEFORE)
    with pytest.raises(CommuneUnknownError, match="keep an older address as text"):
        unit_on("05587", BEFORE)


@pytest.mark.parametrize("typed", ["Hà Giang", "ha giang", "TỈNH HÀ GIANG"])
def test_an_old_province_finds_the_communes_of_the_new_one_and_says_so(
    typed: str,
) -> None:
    found = find(typed)
    assert len(found) == communes.MAX_FOUND
    assert {one.commune.province_name for one in found} == {"Tỉnh Tuyên Quang"}
    assert found[-1].formerly == province_on("02", BEFORE)


def test_an_address_with_its_old_province_is_read() -> None:
    assert (
        read("Xã Đồng Văn, tỉnh Hà Giang").full_name == "Xã Đồng Văn, tỉnh Tuyên Quang"
    )
    assert [one.name for one in search("ba be, bac kan")] == ["Xã Ba Bể"]
    assert find("thừa thiên huế")[0].commune.province_name == "Thành phố Huế"


def test_a_province_that_kept_its_name_is_found_as_itself() -> None:
    assert {one.formerly for one in find("Thái Nguyên")} == {None}
    assert [one.formerly for one in find("tuyen quang") if one.formerly] == []
