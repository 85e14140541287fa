"""Work done ahead: in order, no further than asked, its errors where they belong."""

from contextlib import closing
from threading import Event, current_thread

import pytest

from traceability.labels.ahead import ahead

WAIT = 30  # seconds before a test gives up on a thread


def test_ahead_keeps_the_order() -> None:
    assert list(ahead(str, range(20), threads=3)) == [str(n) for n in range(20)]
    assert list(ahead(str, [])) == []


def test_the_next_is_made_while_one_is_in_use() -> None:
    begun = [Event() for _ in range(3)]

    def make(number: int) -> str:
        begun[number].set()
        return current_thread().name

    with closing(ahead(make, range(3))) as made:
        assert next(made) != current_thread().name
        assert begun[1].wait(WAIT)
        assert not begun[2].is_set()


def test_an_error_is_raised_when_its_turn_comes() -> None:
    def make(number: int) -> int:
        if number == 1:
            raise ValueError(number)
        return number

    made = ahead(make, range(5))
    assert next(made) == 0
    with pytest.raises(ValueError, match="1"):
        next(made)
    assert list(made) == []


def test_left_early_it_takes_no_more() -> None:
    taken: list[int] = []
    made = ahead(taken.append, iter(range(100)))
    next(made)
    made.close()
    assert len(taken) <= 2
