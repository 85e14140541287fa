from dataclasses import dataclass
from decimal import Decimal

import pytest

from traceability.catalog.holdings import Surroundings, held_by
from traceability.catalog.legal_fields import (
    WITH_THE_LOT,
    Document,
    FieldState,
    checked,
    legal_fields,
)
from traceability.catalog.wording import DOCUMENTS, HOLDINGS

RICE, TEA, WINE, TOURISM = 3, 18, 14, 26


@dataclass
class Goods:
    gtin: str | None = None
    name_vi: str = "Gạo mẫu"
    brand: str = ""
    standards: str = ""
    origin: str = ""
    warnings: str = ""
    ingredients: str = ""
    usage: str = ""
    storage: str = ""
    responsible_name: str = ""
    responsible_address: str = ""
    alcohol_percent: Decimal | None = None
    net_amount: Decimal | None = None
    shelf_life_days: int | None = None


def around(**changed: object) -> Surroundings:
    values: dict[str, object] = {
        "producer_name": "HTX mẫu",
        "producer_address": "",
        "producer_number": "",
        "photos": 0,
        "certificates": 0,
        "sites": 0,
    }
    return Surroundings(**(values | changed))  # type: ignore[arg-type]  # by name


def missing(held: frozenset[str], number: int | None = None) -> dict[str, list[str]]:
    return {
        one.document.value: [check.field.code for check in one.missing]
        for one in checked(held, number)
    }


def test_every_field_has_its_law_and_an_answer_we_know() -> None:
    fields = legal_fields()
    assert len(fields) == 40
    assert len({(one.document, one.group, one.code) for one in fields}) == 40
    for one in fields:
        assert one.name.vi
        assert one.name.en
        assert one.law.vi
        assert one.law.en
        assert one.required in {"yes", "if-any", "unknown"}
        assert set(one.held_in) <= {*HOLDINGS, WITH_THE_LOT}
    assert set(DOCUMENTS) == set(Document)


def test_every_answer_comes_from_a_product_or_its_producer() -> None:
    full = Goods(
        gtin="09520000000018",
        brand="Mẫu",
        standards="TCVN 11888",
        origin="Thái Nguyên",
        warnings="Không",
        ingredients="Gạo",
        usage="Nấu",
        storage="Nơi khô",
        alcohol_percent=Decimal(0),
        net_amount=Decimal(5),
        shelf_life_days=365,
    )
    rich = around(
        producer_address="Xã mẫu",
        producer_number="1",
        photos=1,
        certificates=1,
        sites=1,
    )
    assert held_by(full, rich) == set(HOLDINGS)
    for number in (None, RICE, TEA, WINE):
        assert not any(missing(held_by(full, rich), number).values())


def test_a_bare_product_lacks_what_each_law_names() -> None:
    found = missing(held_by(Goods(), around()))
    assert found == {
        "trace": ["product_image", "party_address", "standards", "area_times"],
        "passport": ["gtin", "party_id", "origin"],
        "label": ["responsible", "origin"],
    }


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        (RICE, {"net_quantity"}),
        (TEA, {"net_quantity", "ingredients", "warning", "use_storage"}),
        (WINE, {"net_quantity", "ethanol"}),
        (TOURISM, set()),
        (None, set()),
    ],
)
def test_the_label_asks_by_kind_of_goods(number: int | None, wanted: set[str]) -> None:
    common = {"responsible", "origin"}
    assert set(missing(held_by(Goods(), around()), number)["label"]) == common | wanted


def test_what_a_lot_brings_is_no_gap_and_what_is_only_if_any_is_none_either() -> None:
    states = {
        check.field.code: check.state
        for one in checked(frozenset(), RICE)
        for check in one.checks
    }
    assert states["event_times"] is FieldState.WITH_LOT
    assert states["made_on"] is FieldState.WITH_LOT
    assert states["brand_model_serial"] is FieldState.IF_ANY
    assert states["product_name"] is FieldState.MISSING


def test_a_field_answered_by_two_things_says_which_is_empty() -> None:
    held = held_by(Goods(storage="Nơi khô"), around())
    [label] = [one for one in checked(held, TEA) if one.document is Document.LABEL]
    [check] = [one for one in label.missing if one.field.code == "use_storage"]
    assert check.wanting == ("usage",)


def test_somebody_else_may_answer_for_the_goods() -> None:
    goods = Goods(responsible_name="Công ty mẫu", responsible_address="Hà Nội")
    held = held_by(goods, around(producer_name=""))
    assert {"producer_name", "producer_address"} <= held
