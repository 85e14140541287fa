"""Small accidents and odd values, from a seed: what any forger's hand might do next."""

import copy
import json
from collections.abc import Callable
from random import Random  # noqa: TID251 (seeded, to alter what tests send)
from typing import Any

from tests.forgeries.case import Case, tell
from tests.verification.make_verification import World, build_world
from traceability.records.credential import RecordDraft

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 2**70, "", "x", "12.5", "4", "2026-11-01"),
    *("2026-W45-1", "20261101", "1E5", "-3", " 4 ", "nhãn", "\x00", [], {}, [[]]),
    *(["x"], {"id": "x"}, {"value": "1", "unitCode": "KGM"}, "2026-02-30", "KGM"),
)
CHARACTERS = "0Aa-_.=+/%?&# \n\t\x0b\u00a0é\U0001f34a"


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path to every member inside a JSON value."""
    found = []
    names = value if isinstance(value, dict) else range(len(value))
    for name in names:
        found.append((*here, name))
        if isinstance(value[name], dict | list):
            found += paths(value[name], (*here, name))
    return found


def altered(value: Any, random: Random) -> Any:
    """Return a JSON value with one member gone, odd, or slightly different."""
    whole = copy.deepcopy(value)
    if not paths(whole):
        return {"odd": random.choice(ODD)}
    *above, last = random.choice(paths(whole))
    holder = whole
    for name in above:
        holder = holder[name]
    old = holder[last]
    turn = random.random()
    if turn < 0.25 and isinstance(holder, dict):
        del holder[last]
    elif turn < 0.5 and isinstance(old, str) and old:
        holder[last] = mistyped(old, random)
    else:
        holder[last] = random.choice(ODD)
    return whole


def mistyped(text: str, random: Random) -> str:
    """Return a text with one character changed, added or lost."""
    place = random.randrange(len(text))
    other: str = random.choice([*CHARACTERS, text[random.randrange(len(text))]])
    kept = text[place + random.randrange(2) :]
    between: str = random.choice([other, ""])
    return text[:place] + between + kept


def altered_file(files: dict[str, str], random: Random) -> None:
    """Change one text of a bundle, as JSON where it is that."""
    name = random.choice(sorted(set(files) - {"manifest.json"}))
    turn = random.random()
    if turn < 0.1:
        del files[name]
    elif name.endswith(("json", "jsonld")) and turn < 0.8:
        files[name] = json.dumps(altered(json.loads(files[name]), random))
    else:
        files[name] = mistyped(files[name], random)


def _link(case: Case, random: Random) -> None:
    case.text = mistyped(case.text, random)


def _document(case: Case, random: Random) -> None:
    case.document = altered(case.document, random)


def _trust_list(case: Case, random: Random) -> None:
    case.trust_list = mistyped(case.trust_list, random)


def _note(case: Case, random: Random) -> None:
    case.document["checkpoint"] = mistyped(case.document["checkpoint"], random)


def _token(case: Case, random: Random) -> None:
    kind = random.choice(["records", "recognitions", "inputs"])
    served = random.choice(case.document[kind])
    served["token"] = mistyped(served["token"], random)


def _memory(case: Case, random: Random) -> None:
    case.memory = case.memory.with_checkpoint(
        mistyped(case.memory.checkpoint, random),
    )


def _leaves(case: Case, random: Random) -> None:
    del case.leaves[random.randrange(len(case.leaves))]


ACCIDENTS: tuple[Callable[[Case, Random], None], ...] = (
    *(_link, _document, _document, _document, _trust_list),
    *(_note, _token, _token, _memory, _leaves),
)


def accident(honest: Case, random: Random) -> Case:
    """Return a case to which one thing happened on the way."""
    case = copy.copy(honest)
    case.document = copy.deepcopy(honest.document)
    case.leaves = list(honest.leaves)
    random.choice(ACCIDENTS)(case, random)
    return case


class OddWorld(World):
    """A service that signs and logs odd claims, as a faulty program might."""

    random = Random(0)  # noqa: S311 (seeded, to alter what tests send)
    odd = ""

    def publish(self, name: str, draft: RecordDraft, **how: Any) -> str:
        claims = draft.claims
        if name == self.odd:
            claims = altered(json.loads(json.dumps(dict(claims))), self.random)
        return super().publish(
            name, self.draft(draft.type, draft.subject, claims), **how
        )


def oddly_signed(origin: str, random: Random) -> Case:
    """Return a case in which one record, well signed and logged, says odd things."""
    OddWorld.random = random
    OddWorld.odd = random.choice(["recognition", "source", "batch", "batch", "run"])
    return tell(build_world(origin, world=OddWorld(origin)))
