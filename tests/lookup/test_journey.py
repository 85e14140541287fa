"""The way of a lot, as stages on a line of time."""

from datetime import date
from typing import Any

from traceability.lookup.journey import Stage, Step

PLACE = "Xã mẫu, tỉnh mẫu"


def step(level: int, name: str, day: int = 1, **more: Any) -> Step:
    when = date(2026, 11, day)
    return Step(level=level, name=name, place=PLACE, day=when, **more)


def test_what_was_done_first_comes_first() -> None:
    stages = Stage.group(
        [step(0, "Giao hàng", 9), step(2, "Hái", 3), step(1, "Sao", 4)]
    )
    assert [one.name for one in stages] == ["Hái", "Sao", "Giao hàng"]


def test_of_one_day_the_farthest_back_comes_first() -> None:
    stages = Stage.group([step(0, "Đóng gói"), step(2, "Hái"), step(1, "Sao")])
    assert [one.name for one in stages] == ["Hái", "Sao", "Đóng gói"]


def test_entries_of_private_households_of_one_place_are_one_stage() -> None:
    hidden = [step(2, "Hái", day, record=f"/records/{day}") for day in (9, 3, 5)]
    (stage,) = Stage.group(hidden)
    assert (stage.count, stage.who, len(stage.records)) == (3, "", 3)
    assert (stage.first, stage.last) == (date(2026, 11, 3), date(2026, 11, 9))


def test_different_parties_and_different_words_stay_apart() -> None:
    assert len(Stage.group([step(1, "Sao", who="A"), step(1, "Sao", who="B")])) == 2
    told = [step(1, "Sao", details=("Cách làm: a",)), step(1, "Sao")]
    assert len(Stage.group(told)) == 2


def test_a_wrong_entry_stays_beside_the_right_one() -> None:
    stages = Stage.group([step(1, "Sao", wrong="Ghi sai"), step(1, "Sao")])
    assert [one.wrong for one in stages] == ["", "Ghi sai"]


def test_one_late_entry_marks_its_stage() -> None:
    late = step(1, "Sao", entered=date(2026, 11, 20))
    (stage,) = Stage.group([step(1, "Sao"), late])
    assert stage.entered == date(2026, 11, 20)


def test_what_was_bought_outside_stands_before_the_lot_it_went_into() -> None:
    bought = Step(level=1, what="Muối", outside=True)
    stages = Stage.group([step(0, "Ủ", 5), bought, step(3, "Đánh cá", 1)])
    assert [one.name or one.what for one in stages] == ["Đánh cá", "Muối", "Ủ"]
