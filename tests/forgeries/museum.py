"""The collection: each lie with the number of the check that must catch it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.forgeries.case import Case

Build = Callable[[str], Case]


@dataclass(frozen=True)
class Lie:
    """A way to deceive, built for a service at an origin."""

    number: int
    name: str
    build: Build


COLLECTION: list[Lie] = []


def lie(number: int) -> Callable[[Build], Build]:
    """Put a lie into the collection under the check that must catch it."""

    def keep(build: Build) -> Build:
        COLLECTION.append(Lie(number, build.__name__, build))
        return build

    return keep
