"""A label nobody asked for yet is answered under the head of another's page."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests.lookup.make_lookup import Answer, Street
from tests.lookup.test_page import NOTICE, batch_of, changed
from tests.verification.make_house import void_first
from traceability.batches.status.service import recall_batch
from traceability.gs1.digital_link import DigitalLink
from traceability.lookup.showing.looking import Asked
from traceability.lookup.showing.queries import moment_of, public_page
from traceability.lookup.views import page as views
from traceability.lookup.views.lending import PLAIN
from traceability.records.notary import notary_of
from traceability.verification.report import report_of
from traceability.verification.room import sources_of
from traceability.verification.service import own_evidence

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


def test_what_a_run_shares_is_what_each_check_would_find(
    light_street: Street,
) -> None:
    use, house = light_street.use, light_street.house
    texts = [one.link for one in house.serials[:3]]
    texts += [one.qr_text for one in house.sealed[:2]]
    texts.append(house.sealed[0].qr_text.partition("?")[0])
    texts.append(house.batch.digital_link)
    void_first(house)
    for text in texts:
        asked = Asked(*DigitalLink.parse_with_query(text))
        with use.database.looking() as session:
            page = public_page(session, asked, use, moment_of(use))
        with use.database.reading() as session:
            evidence = own_evidence(session, text, sources=sources_of(use))
        alone = report_of(replace(evidence, status=()))  # pages tell of no lists
        assert page.report is not None
        assert page.report.verdict is alone.verdict
        assert page.report.findings == alone.findings


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
