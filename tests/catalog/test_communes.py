import unicodedata

import pytest

from traceability.catalog import communes
from traceability.catalog.communes import CommuneUnknownError, commune, read, search


def test_the_tables_hold_every_unit_of_2025() -> None:
    everything = communes.all_communes()
    assert (len(communes.provinces()), len(everything)) == (34, 3321)
    assert {one.province_code for one in everything} == {
        province.code for province in communes.provinces()
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
