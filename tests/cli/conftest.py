"""Commands that run in this process leave its logging as it was."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for one in list(root.handlers):
        if one not in handlers:
            root.removeHandler(one)
    root.setLevel(level)
