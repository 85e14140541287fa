"""The tables of kinds and chains hold together."""

import pytest

from traceability.events.chains import (
    ANYWHERE_AFTER_PACK,
    chain,
    chains,
    chains_of_set,
)
from traceability.events.errors import ChainUnknownError, KindUnknownError
from traceability.events.kinds import GROWING, MAKES_LOT, ElementType, kind, kinds
from traceability.events.vocabulary import EventType


def test_there_are_23_kinds_and_13_chains() -> None:
    assert (len(kinds()), len(chains())) == (23, 13)
    assert sum(len(one.steps) for one in chains()) == 93


def test_only_a_place_is_no_event() -> None:
    assert [one.id for one in kinds() if one.type is None] == ["farm_setup"]


def test_every_event_has_a_time_and_a_place_that_the_public_sees() -> None:
    for one in kinds():
        for name in ("event_time", "place"):
            element = one.element(name)
            assert element is not None
            assert element.required
            assert element.public


def test_what_is_personal_is_never_public() -> None:
    for one in kinds():
        assert not [
            each for each in one.elements if each.public and each.element.personal
        ]


def test_a_quantity_has_units_and_nothing_else_has() -> None:
    for one in kinds():
        for each in one.elements:
            measured = each.element.type is ElementType.QUANTITY
            assert bool(each.element.units) is measured, each.id


def test_lots_come_into_being_by_harvest_and_transformations_only() -> None:
    made = {one.id for one in kinds() if one.type is EventType.TRANSFORMATION}
    assert made | {"harvest"} == MAKES_LOT
    assert {one.id for one in kinds() if one.makes_lot} == MAKES_LOT
    assert {one.id for one in kinds() if one.about_growing} == GROWING


def test_chains_are_made_of_kinds_and_found_by_set() -> None:
    for one in chains():
        assert all(kind(step.kind) for step in one.steps)
    assert [one.id for one in chains_of_set("rice-grain")] == ["rice"]
    assert [one.id for one in chains_of_set("other-seasoning")] == ["garlic", "spice"]
    assert all(kind(one) for one in ANYWHERE_AFTER_PACK)


def test_a_step_knows_its_place_in_its_chain() -> None:
    rice = chain("rice")
    assert rice.position("planting") == 1
    assert rice.position("slaughter") is None


def test_what_is_not_in_the_tables_is_refused() -> None:
    with pytest.raises(KindUnknownError):
        kind("dance")
    with pytest.raises(ChainUnknownError):
        chain("dance")
