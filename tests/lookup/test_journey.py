"""The way of a lot, as stages."""

from datetime import date

from traceability.lookup.journey import Stage, Step

PLACE = "Xã mẫu, tỉnh mẫu"


def step(level: int, what: str, who: str = "", day: int = 1) -> Step:
    return Step(level=level, what=what, place=PLACE, who=who, day=date(2026, 11, day))


def test_the_field_comes_first() -> None:
    stages = Stage.group([step(1, "Chè khô", "HTX mẫu"), step(2, "Búp chè")])
    assert [one.what for one in stages] == ["Búp chè", "Chè khô"]


def test_lots_of_private_households_of_one_place_are_one_stage() -> None:
    (stage,) = Stage.group([step(2, "Búp chè", day=day) for day in (9, 3, 5)])
    assert (stage.lots, stage.who) == (3, "")
    assert (stage.first, stage.last) == (date(2026, 11, 3), date(2026, 11, 9))


def test_different_parties_stay_apart() -> None:
    stages = Stage.group([step(1, "Chè", "HTX 1"), step(1, "Chè", "HTX 2")])
    assert [one.who for one in stages] == ["HTX 1", "HTX 2"]


def test_what_was_bought_outside_is_a_stage_of_its_own() -> None:
    bought = Step(level=1, what="Muối", outside=True)
    stages = Stage.group([bought, step(1, "Cá", "Tàu mẫu")])
    assert [(one.what, one.outside) for one in stages] == [
        ("Cá", False),
        ("Muối", True),
    ]
    assert stages[1].first is None
