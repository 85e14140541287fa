"""Lies about stars, papers, the way here and scans (checks 9 to 11)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.forgeries.case import Case, flip, tell
from tests.forgeries.museum import lie
from tests.verification.make_verification import build_world
from traceability.batches.overrides import Rule, RuleOverride
from traceability.batches.record import Override
from traceability.batches.rules import Shortfall
from traceability.core.quantity import Quantity
from traceability.gs1.keys import Gtin
from traceability.records.credential import Voucher
from traceability.scans.rules import MANY_IN_AN_HOUR


@lie(9)
def stars_without_a_record(origin: str) -> Case:
    case = tell(build_world(origin))
    case.drop("recognition")
    return case


@lie(9)
def more_stars_than_recorded(origin: str) -> Case:
    case = tell(build_world(origin))
    case.document["shown"]["stars"] = 5
    return case


@lie(9)
def altered_recognition(origin: str) -> Case:
    case = tell(build_world(origin))

    def five(payload: dict[str, object]) -> None:
        subject = payload["credentialSubject"]
        assert isinstance(subject, dict)
        subject["stars"] = 5

    case.rewrite("recognition", five)
    return case


@lie(9)
def recognition_with_a_flipped_bit(origin: str) -> Case:
    case = tell(build_world(origin))
    served = case.record("recognition")
    head, _, signature = served["token"].rpartition(".")
    served["token"] = f"{head}.{flip(signature)}"
    return case


def _recognised(origin: str, **changes: object) -> Case:
    """Return a case whose newest recognition says something else."""
    world = build_world(origin)
    facts = replace(world.recognition(), **changes)  # type: ignore[arg-type]  # test data
    world.publish_recognition("changed", facts)
    return tell(world)


@lie(9)
def lapsed_stars_shown_as_valid(origin: str) -> Case:
    return _recognised(origin, issued=date(2023, 11, 10), expires=date(2026, 11, 10))


@lie(9)
def withdrawn_stars_shown_as_valid(origin: str) -> Case:
    return _recognised(origin, withdrawn_on=date(2026, 11, 15))


@lie(9)
def stars_given_after_production(origin: str) -> Case:
    return _recognised(origin, issued=date(2026, 11, 10))


@lie(9)
def hidden_withdrawal(origin: str) -> Case:
    world = build_world(origin)
    withdrawn = world.recognition(withdrawn_on=date(2026, 11, 15))
    world.publish_recognition("withdrawal", withdrawn)
    case = tell(world)
    case.drop("withdrawal")
    return case


@lie(9)
def another_products_recognition(origin: str) -> Case:
    world = build_world(origin)
    other = world.recognition(public_id="rec02", stars=5)
    world.publish_recognition("foreign", other, Gtin("09520001002014"))
    case = tell(world)
    case.drop("recognition")
    return case


@lie(9)
def recognition_without_a_place_in_the_log(origin: str) -> Case:
    case = tell(build_world(origin))
    case.record("recognition")["proof"] = []
    return case


def _certified(origin: str, **changes: object) -> Case:
    world = build_world(origin)
    world.publish_certificate("c1", **changes)
    case = tell(world)
    case.document["shown"]["papers"] = [world.identity.url("/certificates/c1")]
    return case


def honest_certificate(origin: str) -> Case:
    return _certified(origin)


@lie(9)
def lapsed_certificate_shown_as_valid(origin: str) -> Case:
    return _certified(origin, expires=date(2026, 11, 10))


@lie(9)
def withdrawn_certificate_shown_as_valid(origin: str) -> Case:
    return _certified(origin, withdrawn_on=date(2026, 11, 10))


@lie(9)
def certificate_without_a_record(origin: str) -> Case:
    case = _certified(origin)
    case.drop("c1")
    return case


@lie(9)
def certificate_of_another_producer(origin: str) -> Case:
    other = Voucher(
        id="https://tx.example/organisations/p02", name="HTX mẫu 02", basis="declared"
    )
    return _certified(origin, voucher=other)


@lie(9)
def certificate_for_another_product(origin: str) -> Case:
    return _certified(origin, product_links=("https://tx.example/01/09520001002014",))


@lie(10)
def altered_input(origin: str) -> Case:
    case = tell(build_world(origin))

    def plenty(payload: dict[str, object]) -> None:
        subject = payload["credentialSubject"]
        assert isinstance(subject, dict)
        subject["quantity"]["value"] = "900"

    case.rewrite("source", plenty)
    return case


@lie(10)
def input_with_a_flipped_bit(origin: str) -> Case:
    case = tell(build_world(origin))
    served = case.record("source")
    served["proof"][0] = served["proof"][-1]
    return case


@lie(10)
def input_left_out(origin: str) -> Case:
    case = tell(build_world(origin))
    case.drop("source")
    return case


@lie(10)
def more_comes_out_than_went_in(origin: str) -> Case:
    return tell(build_world(origin, quantity=Quantity(Decimal(500), "KGM")))


@lie(10)
def more_taken_than_there_was(origin: str) -> Case:
    return tell(build_world(origin, taken=300))


@lie(10)
def input_younger_than_the_lot(origin: str) -> Case:
    return tell(build_world(origin, source={"production_date": date(2026, 11, 2)}))


@lie(10)
def input_of_another_name(origin: str) -> Case:
    """The lot names a record as that of another lot than it is about."""
    return tell(build_world(origin, source={"lot_number": "LA-OTHER"}))


@lie(10)
def a_harvest_made_of_packed_goods(origin: str) -> Case:
    """The record says its lot was harvested; the lot it names was packed before."""
    return tell(build_world(origin, source={"stage": "pack"}, stage="harvest"))


@lie(10)
def packed_before_it_was_made(origin: str) -> Case:
    return tell(build_world(origin, packaging_date=date(2026, 10, 31)))


def _excepted(origin: str, **gap: object) -> Case:
    """A lot of 500 kg out of 190 kg, with an exception signed for a gap."""
    honest = Shortfall(
        rule="outputs", available=Decimal(190), wanted=Decimal(500), unit="KGM"
    )
    signed = replace(honest, **gap)  # type: ignore[arg-type]  # test data
    reason = Override(reason="Thêm nước khi tráng bánh", shortfalls=(signed,))
    much = Quantity(Decimal(500), "KGM")
    return tell(build_world(origin, quantity=much, override=reason))


def honest_exception(origin: str) -> Case:
    return _excepted(origin)


@lie(10)
def exception_that_admits_less_than_is_missing(origin: str) -> Case:
    return _excepted(origin, wanted=Decimal(200))


@lie(10)
def exception_for_another_lot(origin: str) -> Case:
    return _excepted(origin, rule="overdrawn", lot=f"{origin}/01/09520001001017/10/X")


@lie(10)
def exception_from_one_rule_used_for_another(origin: str) -> Case:
    """A signed reason for the order of steps covers no gap in the balance."""
    order = RuleOverride(rule=Rule.ORDER, reason="Mẫu thứ hai gửi sau khi đóng gói")
    much = Quantity(Decimal(500), "KGM")
    return tell(build_world(origin, quantity=much, rule_overrides=(order,)))


@lie(11)
def copied_code(origin: str) -> Case:
    case = tell(build_world(origin))
    case.document["scans"] = {
        "count": 40,
        "first": "2026-11-20",
        "signs": [MANY_IN_AN_HOUR],
    }
    return case
