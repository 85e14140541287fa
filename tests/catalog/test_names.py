import unicodedata

import pytest
from hypothesis import given, strategies as st

from traceability.catalog.communes import all_communes
from traceability.catalog.names import (
    DisguisedNameError,
    folded,
    refuse_disguise,
    skeleton,
)
from traceability.catalog.product_sets import (
    ProductSetUnknownError,
    product_set,
    product_sets,
)


@given(st.text())
def test_two_spellings_of_one_name_fold_alike(name: str) -> None:
    decomposed = unicodedata.normalize("NFD", name)
    assert folded(decomposed) == folded(unicodedata.normalize("NFC", name))


def test_case_does_not_make_another_name() -> None:
    assert folded("GẠO Bao Thai") == folded("gạo bao thai")


@pytest.mark.parametrize(
    ("fake", "genuine"),
    [
        ("Сhè Tân Cương", "Chè Tân Cương"),  # Cyrillic С
        ("СОСА", "coca"),  # all Cyrillic
        ("Nước mắm Giаo Châu", "Nước mắm Giao Châu"),  # Cyrillic а
        ("Miến dοng", "Miến dong"),  # Greek ο
        ("Ｇạo Bao Thai", "Gạo Bao Thai"),  # full-width
        ("𝐆ạo Bao Thai", "Gạo Bao Thai"),  # mathematical
        ("Gạo Bаo Thаi", "Gạo Bao Thai"),
    ],
)
def test_a_look_alike_is_refused_and_reads_like_the_genuine_name(
    fake: str, genuine: str
) -> None:
    with pytest.raises(DisguisedNameError) as caught:
        refuse_disguise(fake, field="name_vi")
    assert caught.value.field == "name_vi"
    assert "U+" in str(caught.value)
    assert skeleton(fake) == folded(genuine)


@pytest.mark.parametrize(
    "name",
    [
        "Gạo Bao Thai Định Hóa 5 kg",
        "Dừa sáp (loại 1) – 100 %",
        "Trà 茶",
        "Чай Ягода",
        "ស្ករ",
        "H'Mông",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "=cmd|' /C calc'!A0",
        "' OR 1=1--",
        "",
    ],
)
def test_honest_names_pass_as_they_are(name: str) -> None:
    refuse_disguise(name, field="name_vi")


def test_every_vietnamese_place_name_passes_and_is_its_own_skeleton() -> None:
    for one in all_communes():
        refuse_disguise(one.name, field="name_vi")
        assert skeleton(one.name) == folded(one.name)


def test_there_are_26_product_sets_in_the_decisions_order() -> None:
    assert [one.number for one in product_sets()] == list(range(1, 27))
    assert product_set("tea").name.vi == "Chè tươi, chè chế biến"
    with pytest.raises(ProductSetUnknownError):
        product_set("no-such-set")
