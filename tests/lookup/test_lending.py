"""A label nobody asked for yet is answered under the head of another's page."""

import pytest
from sqlalchemy.orm import Session

from tests.lookup.make_lookup import Answer, Street
from tests.lookup.test_page import NOTICE, batch_of, changed
from tests.verification.make_house import void_first
from traceability.batches.status.service import recall_batch
from traceability.gs1.digital_link import DigitalLink
from traceability.lookup.views import page as views
from traceability.lookup.views.lending import PLAIN
from traceability.records.notary import notary_of

GREEN = "Thông tin lô đã được xác thực"
WHOLE_WAY = {"If_None_Match": '"other"'}
OF_EACH = {"x-request-id", "date"}


def address(street: Street, index: int) -> str:
    return "/p" + DigitalLink.parse(street.house.serials[index].link).path()


def sealed(street: Street, index: int) -> str:
    link, query = DigitalLink.parse_with_query(street.house.sealed[index].qr_text)
    return f"/p{link.path()}?{query.raw}"


def told(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    headers = {name: answer.headers[name] for name in answer.headers.keys() - OF_EACH}
    return answer.status, headers, answer.body


@pytest.mark.parametrize("encoding", ["gzip, br", "identity"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_it_is_the_page_that_the_whole_way_leads_to(
    light_street: Street, monkeypatch: pytest.MonkeyPatch, language: str, encoding: str
) -> None:
    street = light_street
    asked = {"Accept_Language": language, "Accept_Encoding": encoding}
    for first, other in (
        (address(street, 1), address(street, 2)),
        (sealed(street, 0), sealed(street, 1)),
    ):
        street.ask(first, **asked)
        with monkeypatch.context() as patch:
            patch.setattr(views, "shown_page", None)  # a call of it would be a 500
            lent = street.ask(other, **asked)
        whole = street.ask(other, **asked, **WHOLE_WAY)
        assert told(lent) == told(whole)
        assert lent.status == 200
        assert lent.headers["x-request-id"] != whole.headers["x-request-id"]


def test_what_stands_against_a_label_shows_at_its_first_look(street: Street) -> None:
    assert GREEN in street.ask(address(street, 1)).text
    void_first(street.house)
    assert street.ask(address(street, 0)).status == 410
    genuine = address(street, 2)
    assert GREEN in street.ask(genuine).text
    made_up = genuine[:-1] + ("1" if genuine.endswith("0") else "0")
    assert street.ask(made_up).status == 404
    assert GREEN in street.ask(sealed(street, 0)).text
    false = sealed(street, 1).split("?")[0] + "?" + sealed(street, 0).split("?")[1]
    assert "Không xác thực được" in street.ask(false).text
    house, notary = street.house, notary_of(street.house.use)

    def recall(session: Session) -> None:
        batch = batch_of(session, house)
        recall_batch(session, batch, NOTICE, actor=house.officer, notary=notary)

    changed(street, recall)
    for never_asked in (address(street, 3), sealed(street, 2)):
        assert "LÔ HÀNG ĐANG THU HỒI" in street.ask(never_asked).text


@pytest.mark.parametrize(
    "target",
    [
        "/p/01/09520001001017/10/L1/21/0001Z2J9KC37Q?lang=en",
        "/p/01/09520001001017/10/L1/21/0001Z2J9KC37Q?s=1&lang=en",
        "/p/01/09520001001017/10/L1/21/0001Z2J9KC37Q?s=1&s=2",
        "/p/01/09520001001017/10/L1/21/0001Z2J9KC37Q/",
        "/p/01/09520001001017/10/L1/21/0001Z2J9KC37%51",
        "/p/01/09520001001017/10/../21/0001Z2J9KC37Q",
        "/p/01/09520001001017/10/%2e/21/0001Z2J9KC37Q",
        "/p/01/09520001001017/10/L1",
        "/01/09520001001017/10/L1/21/0001Z2J9KC37Q",
        "http://tx.example/p/01/09520001001017/10/L1/21/0001Z2J9KC37Q",
    ],
)
def test_any_other_address_goes_the_whole_way(target: str) -> None:
    assert PLAIN.fullmatch(target) is None
