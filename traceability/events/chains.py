"""The 13 chains: which kinds of event a kind of product goes through. Pure."""

from dataclasses import dataclass
from functools import cache

from traceability.core.text import Bilingual
from traceability.events.errors import ChainUnknownError
from traceability.events.kinds import rows_of

ANYWHERE_AFTER_PACK = frozenset(
    {
        *("inspect", "recall", "destroy", "void_label", "label_issue"),
        *("aggregate", "store", "receive", "retail"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a chain."""

    kind: str
    repeat: bool  # may happen several times in a row
    optional: bool  # the chain is complete without it
    detail: Bilingual  # what it is called in this chain; empty: as the kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The steps of one kind of product, in order for any one lot."""

    id: str
    name: Bilingual
    sets: tuple[str, ...]  # the OCOP product sets it is for
    steps: tuple[Step, ...]

    def position(self, kind: str) -> int | None:
        """Return where in the order a kind of event first stands, or nothing."""
        places = (place for place, one in enumerate(self.steps) if one.kind == kind)
        return next(places, None)


def chains() -> tuple[Chain, ...]:
    """Return every chain."""
    return tuple(_chains().values())


def chain(chain_id: str) -> Chain:
    """Return one chain. Raises ``ChainUnknownError``."""
    found = _chains().get(chain_id)
    if found is None:
        raise ChainUnknownError("There is no chain %(chain)s.", chain=chain_id[:40])
    return found


def chains_of_set(ocop_set: str) -> tuple[Chain, ...]:
    """Return the chains that products of an OCOP set may have come by."""
    return tuple(one for one in chains() if ocop_set in one.sets)


@cache
def _chains() -> dict[str, Chain]:
    steps: dict[str, list[Step]] = {}
    for row in rows_of("chain_steps.csv"):
        step = Step(
            kind=row["kind"],
            repeat=row["repeat"] == "repeat",
            optional=row["optional"] == "optional",
            detail=Bilingual(row["detail_vi"], row["detail_en"]),
        )
        steps.setdefault(row["chain"], []).append(step)
    return {
        row["chain"]: Chain(
            id=row["chain"],
            name=Bilingual(row["vi"], row["en"]),
            sets=tuple(row["sets"].split()),
            steps=tuple(steps[row["chain"]]),
        )
        for row in rows_of("chains.csv")
    }
