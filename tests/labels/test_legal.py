"""What the law asks of a pack's label, and what of it a label does not say."""

from dataclasses import replace

import pytest

from tests.labels.make_labels import FACTS
from tests.labels.test_design import EVERYTHING, FULL
from traceability.catalog.legal_fields import Document, legal_fields
from traceability.labels.design import DEFAULT_DESIGN, Design, DesignPurpose, LabelField
from traceability.labels.errors import LabelFieldsMissingError
from traceability.labels.legal import (
    CODES,
    Lack,
    declared,
    elsewhere_named,
    missing_from,
    unfit_of,
)

CEREAL, FOOD, WINE = 3, 1, 14
ALONE = replace(DEFAULT_DESIGN, purpose=DesignPurpose.LABEL)


def _lacks(*args: object, **named: object) -> dict[str, Lack]:
    found = missing_from(*args, **named)  # type: ignore[arg-type]
    return {one.field.code: one.lack for one in found}


def test_every_field_the_law_asks_of_labels_has_its_place() -> None:
    asked = {one.code for one in legal_fields() if one.document is Document.LABEL}
    assert asked == set(CODES)


def test_a_label_that_says_everything_lacks_nothing() -> None:
    for number in (None, CEREAL, FOOD, WINE):
        assert missing_from(FULL, EVERYTHING, number) == []


def test_unknown_left_off_and_no_room_are_told_apart() -> None:
    facts = replace(FULL, origin="")
    unfit = {LabelField.STORAGE}
    design = replace(
        EVERYTHING,
        fields=tuple(f for f in LabelField if f is not LabelField.INGREDIENTS),
    )
    lacks = _lacks(facts, design, FOOD, unfit)
    assert lacks == {
        "origin": Lack.UNKNOWN,
        "ingredients": Lack.LEFT_OFF,
        "use_storage": Lack.NO_ROOM,
    }
    *_, room = missing_from(facts, design, FOOD, unfit)
    assert room.wanting == (LabelField.STORAGE,)
    assert not room.field.confirmed  # by the repealed decree


def test_the_group_of_the_product_decides() -> None:
    plain = replace(FACTS, producer_name="", expiry=None)
    assert set(_lacks(plain, ALONE, None)) == {"responsible", "origin"}
    assert "expires_on" in _lacks(plain, ALONE, CEREAL)
    assert "ethanol" not in _lacks(plain, ALONE, CEREAL)
    assert _lacks(plain, ALONE, WINE)["ethanol"] is Lack.UNKNOWN


def test_what_is_asked_if_there_is_any_is_missing_only_where_there_is() -> None:
    mute = replace(FULL, warnings="")
    assert "warning" not in _lacks(mute, ALONE, CEREAL)
    assert _lacks(FULL, ALONE, CEREAL)["warning"] is Lack.LEFT_OFF


def test_another_responsible_party_answers_for_the_producer() -> None:
    facts = replace(FULL, producer_name="", responsible_name="Công ty mẫu")
    assert "responsible" not in _lacks(facts, EVERYTHING, None)


def test_a_stamp_says_elsewhere_whatever_it_does_not_say() -> None:
    missing = missing_from(FACTS, DEFAULT_DESIGN, FOOD)
    assert declared(missing, DEFAULT_DESIGN, ()) == (
        *("responsible", "origin", "ingredients", "warning", "use_storage"),
    )
    assert unfit_of(missing, DEFAULT_DESIGN, ()) == []


def test_the_pack_s_own_label_needs_a_tick_for_what_the_law_asks() -> None:
    missing = missing_from(FACTS, ALONE, FOOD)
    with pytest.raises(LabelFieldsMissingError) as refusal:
        declared(missing, ALONE, {"origin"})
    assert refusal.value.params["fields"] == "Tên, địa chỉ bên chịu trách nhiệm"
    # What only a repealed decree tells is told, and stops nobody.
    assert declared(missing, ALONE, {"origin", "responsible", "name"}) == (
        *("responsible", "origin"),
    )


def test_no_room_is_a_matter_of_the_pack_s_own_label_and_of_no_tick() -> None:
    missing = missing_from(FULL, EVERYTHING, FOOD, {LabelField.INGREDIENTS})
    assert [one.field.code for one in unfit_of(missing, EVERYTHING, ())] == [
        "ingredients"
    ]
    assert unfit_of(missing, EVERYTHING, {"ingredients"}) == []


def test_what_is_said_elsewhere_has_a_name_once() -> None:
    named = [one.vi for one in elsewhere_named({"origin", "ethanol"})]
    assert named == ["Xuất xứ", "Độ cồn"]
    assert elsewhere_named(()) == []


def test_a_design_knows_what_it_shows() -> None:
    design = Design.of(["product", "lot", "serial", "stars"])
    assert design.shows(LabelField.STARS)
    assert not design.shows(LabelField.STARS, LabelField.ORIGIN)
