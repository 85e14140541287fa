"""A stranger's photo is read elsewhere, for so long and in so much memory."""

import os
from threading import BoundedSemaphore

import pytest

from tests.verification.make_photos import picture_of
from traceability.catalog.photos import PhotoTooLargeError, PhotoUnsupportedError
from traceability.verification import photo
from traceability.verification.photo import (
    NoCodeError,
    PhotoBusyError,
    PhotoTooHardError,
    codes_in_turn,
)


def no_child_is_left() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return True


def test_codes_come_back_from_the_other_process() -> None:
    assert sorted(codes_in_turn(picture_of("one", "hai: chè"))) == ["hai: chè", "one"]


def test_refusals_come_back_as_they_are() -> None:
    blank = picture_of("x")
    for data, refusal in (
        (b"%PDF-1.7 no", PhotoUnsupportedError),
        (blank[: len(blank) // 2], (NoCodeError, PhotoUnsupportedError)),
        (bytes(photo.MAX_BYTES + 1), PhotoTooLargeError),
    ):
        with pytest.raises(refusal) as caught:
            codes_in_turn(data)
        assert caught.value.field == "photo"


@pytest.mark.parametrize(
    ("limit", "value"),
    [("READ_SECONDS", 0), ("START_SECONDS", -8), ("READ_MEMORY", 40 * 1024 * 1024)],
)
def test_what_takes_too_much_is_ended_and_said(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(photo, limit, value)
    with pytest.raises(PhotoTooHardError):
        codes_in_turn(picture_of("one"))
    assert no_child_is_left()
    monkeypatch.undo()
    assert codes_in_turn(picture_of("one")) == ["one"]


def test_the_third_photo_waits_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo, "READERS", BoundedSemaphore(1))
    monkeypatch.setattr(photo, "WAIT_SECONDS", 0.01)
    photo.READERS.acquire()
    with pytest.raises(PhotoBusyError):
        codes_in_turn(picture_of("one"))
