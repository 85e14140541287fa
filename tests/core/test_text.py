"""Text is stored NFC, visible and searchable."""

import unicodedata

import pytest
from hypothesis import given, strategies as st

from traceability.core.text import (
    Bilingual,
    HiddenCharacterError,
    clean_text,
    without_marks,
)


def test_nfd_and_nfc_of_one_name_are_one_text() -> None:
    name = "Gạo nếp Vải"
    assert clean_text(unicodedata.normalize("NFD", name)) == name


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\x00", "\ud800", "\x1b"])
def test_hidden_characters_are_refused_by_code_point(hidden: str) -> None:
    with pytest.raises(HiddenCharacterError, match=f"U\\+{ord(hidden):04X}"):
        clean_text(f"chè{hidden}xanh", field="name_vi")


def test_lines_stay_only_where_they_are_wanted() -> None:
    assert clean_text(" một\r\n  hai ", multiline=True) == "một\n hai"
    with pytest.raises(HiddenCharacterError):
        clean_text("một\nhai")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


def test_search_text_has_no_marks() -> None:
    assert without_marks("Đắk Lắk, xã Tân Cương") == "dak lak, xa tan cuong"


def test_english_falls_back_to_vietnamese() -> None:
    assert Bilingual("chè", "tea").in_language("en") == "tea"
    assert Bilingual("chè").in_language("en") == "chè"
    assert Bilingual("chè", "tea").in_language("vi") == "chè"
