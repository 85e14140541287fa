"""Lies on blank stamps: whose lot they are, and who said so (check 4, 5, 6 and 8)."""

from typing import Any

from tests.forgeries.case import Case, tell
from tests.forgeries.museum import lie
from tests.verification.make_verification import (
    BLANK,
    COUNT,
    World,
    build_world,
    make_key,
)
from traceability.signing.keys import KeyRole
from traceability.verification.evidence import read_link

SOURCE = "LA-261031"  # the lot that the honest one is made of
PLACE = BLANK + 7  # the index of the stamp that is looked at


def _world(origin: str, **run: Any) -> World:
    """A lot with labels of its own, and blank stamps of its product."""
    world = build_world(origin)
    world.publish_blanks("blanks", **run)
    return world


def _stamp(world: World, index: int = PLACE, lot: str | None = None) -> Case:
    """What is told of a stamp; its link names no lot unless one is written in."""
    link = world.link(lot=lot, serial=world.serial(index))
    return tell(world, asked=read_link(link.qr_text()))


def _bound(origin: str, *, activates: bool = False, **how: Any) -> World:
    world = _world(origin, **({"mustBeApplied": True} if activates else {}))
    world.publish_binding("binding", BLANK, BLANK + 49, **how)
    return world


def honest_stamp(origin: str) -> Case:
    return _stamp(_bound(origin))


def honest_stamp_with_its_lot_written_in(origin: str) -> Case:
    world = _bound(origin)
    return _stamp(world, lot=world.link().lot)


def honest_stamp_among_others(origin: str) -> Case:
    """Stamps of the run that went to another lot are nobody's business here."""
    world = _bound(origin)
    foreign = {"lot": str(world.link(lot=SOURCE))}
    world.publish_binding("foreign", BLANK + 50, BLANK + 99, claims=foreign)
    case = _stamp(world)
    case.drop("foreign")
    return case


def unbound_stamp(origin: str) -> Case:
    """Told honestly: the stamp is genuine and no lot's, so nothing more is said."""
    world = _world(origin)
    case = _stamp(world)
    for name in ("batch", "run"):
        case.drop(name)
    case.document["label"]["state"] = "unbound"
    case.document |= {"recognitions": [], "inputs": [], "shown": None, "scans": None}
    return case


@lie(4)
def stamp_that_nobody_bound(origin: str) -> Case:
    return _stamp(_world(origin))


@lie(4)
def stamp_that_the_service_says_is_unbound(origin: str) -> Case:
    """The service's own word stands against the records it hands over."""
    case = _stamp(_bound(origin))
    case.document["label"]["state"] = "unbound"
    return case


@lie(4)
def stamp_beyond_the_bound_range(origin: str) -> Case:
    return _stamp(_bound(origin), BLANK + 50)


@lie(4)
def stamp_beyond_its_run(origin: str) -> Case:
    world = _world(origin)
    world.publish_binding("binding", BLANK, BLANK + COUNT + 49)
    return _stamp(world, BLANK + COUNT + 7)


@lie(4)
def stamp_of_another_lot_under_this_ones_link(origin: str) -> Case:
    world = _world(origin)
    foreign = {"lot": str(world.link(lot=SOURCE))}
    world.publish_binding("binding", BLANK, BLANK + 49, claims=foreign)
    return _stamp(world, lot=world.link().lot)


@lie(5)
def stamp_of_another_lot_told_as_this_ones(origin: str) -> Case:
    """Its binding names another lot than the records that are handed over."""
    world = _world(origin)
    foreign = {"lot": str(world.link(lot=SOURCE))}
    world.publish_binding("binding", BLANK, BLANK + 49, claims=foreign)
    return _stamp(world)


@lie(4)
def stamp_bound_to_a_lot_of_another_product(origin: str) -> Case:
    world = _world(origin)
    other = str(world.link()).replace("09520001001017", "09520001002014")
    world.publish_binding("binding", BLANK, BLANK + 49, claims={"lot": other})
    return _stamp(world)


@lie(4)
def stamps_of_another_product(origin: str) -> Case:
    product = f"{origin}/01/09520001002014"
    world = _world(origin, product=product)
    world.publish_binding("binding", BLANK, BLANK + 49)
    return _stamp(world)


@lie(4)
def binding_signed_by_a_stranger(origin: str) -> Case:
    thief = make_key(KeyRole.RECORD, "evil.example")
    return _stamp(_bound(origin, signer=thief))


@lie(4)
def binding_whose_range_was_widened_after_signing(origin: str) -> Case:
    world = _world(origin)
    world.publish_binding("binding", BLANK, BLANK + 4)
    case = _stamp(world)

    def widen(payload: dict[str, Any]) -> None:
        payload["credentialSubject"]["to"] = BLANK + 49

    case.rewrite("binding", widen)
    return case


@lie(4)
def binding_whose_words_go_beyond_its_name(origin: str) -> Case:
    """The log shows a binding of five stamps; its claims take fifty."""
    link = f"{origin}/label-runs/blanks#bind-{BLANK}-{BLANK + 4}"
    return _stamp(_bound(origin, subject=link))


@lie(4)
def binding_that_is_not_in_the_log(origin: str) -> Case:
    case = _stamp(_bound(origin))
    served = case.record("binding")
    served["leaf"] = case.record("blanks")["leaf"]
    return case


@lie(4)
def binding_in_the_place_of_another_entry(origin: str) -> Case:
    case = _stamp(_bound(origin))
    served, run = case.record("binding"), case.record("blanks")
    served |= {"log_index": run["log_index"], "proof": run["proof"]}
    return case


@lie(4)
def binding_of_another_run(origin: str) -> Case:
    world = _world(origin)
    world.publish_blanks("others", first=BLANK + 1_000)
    world.publish_binding("binding", BLANK, BLANK + 49, run="others")
    return _stamp(world)


@lie(4)
def binding_whose_run_is_kept_back(origin: str) -> Case:
    case = _stamp(_bound(origin))
    case.drop("blanks")
    return case


@lie(8)
def older_binding_to_another_lot_that_is_hidden(origin: str) -> Case:
    """Bound twice: who reads the log sees that the first one was kept back."""
    world = _world(origin)
    foreign = {"lot": str(world.link(lot=SOURCE))}
    world.publish_binding("first", BLANK + 5, BLANK + 9, claims=foreign)
    world.publish_binding("binding", BLANK, BLANK + 49)
    case = _stamp(world)
    case.drop("first")
    return case


@lie(8)
def void_of_a_bound_stamp_that_is_hidden(origin: str) -> Case:
    world = _bound(origin)
    world.publish_void("void", BLANK, BLANK + 9, run="blanks")
    case = _stamp(world)
    case.drop("void")
    return case


@lie(4)
def stamp_that_was_bound_and_made_void(origin: str) -> Case:
    world = _bound(origin)
    link = world.identity.url("/label-runs/blanks")
    claims = {"run": link, "from": BLANK, "to": BLANK + 9, "reason": "Lý do mẫu"}
    draft = world.draft("LabelVoidRecord", f"{link}#void-v", claims)
    world.publish("void", draft)
    return _stamp(world)


@lie(3)
def seal_put_on_a_stamp(origin: str) -> Case:
    case = _stamp(_bound(origin))
    seal = case.world.seal(case.world.link(serial=case.world.serial(PLACE)))
    case.text = f"{case.text}?s={seal}"
    return case


def honest_stamp_that_was_bound_and_applied(origin: str) -> Case:
    world = _bound(origin, activates=True)
    world.publish_applied("applied", BLANK, BLANK + 9)
    return _stamp(world)


def honest_stamp_whose_neighbours_were_printed_twice(origin: str) -> Case:
    """A second printing of blank stamps names their run and product, no lot."""
    world = _bound(origin)
    link = world.identity.url("/label-runs/blanks")
    claims = {
        "product": str(world.link(lot=None)),
        "run": link,
        "from": BLANK + 60,
        "to": BLANK + 69,
        "reason": "Lý do mẫu",
    }
    world.publish(
        "again", world.draft("LabelReprintRecord", f"{link}#reprint-a", claims)
    )
    return _stamp(world)


@lie(4)
def stamp_that_was_bound_but_not_applied(origin: str) -> Case:
    return _stamp(_bound(origin, activates=True))


@lie(4)
def stamp_beyond_the_applied_range(origin: str) -> Case:
    world = _bound(origin, activates=True)
    world.publish_applied("applied", BLANK, BLANK + 4)
    return _stamp(world)


@lie(4)
def stamp_that_was_applied_but_not_bound(origin: str) -> Case:
    world = _world(origin, mustBeApplied=True)
    world.publish_applied("applied", BLANK, BLANK + 9)
    return _stamp(world)
