"""A label that counts only once it is on goods: attention before, verified after."""

from tests.verification.make_house import House
from tests.web.make_web import Browser, make_app
from traceability.batches.models import Batch
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.label import Label
from traceability.labels.life.service import ApplyDraft, apply_labels
from traceability.labels.limits.service import set_activation
from traceability.labels.queries import job_of
from traceability.labels.room import label_keys_of
from traceability.labels.serials import SerialNumber
from traceability.labels.service import start_run
from traceability.labels.stock import A4_24
from traceability.records.notary import notary_of
from traceability.verification.verdict import Verdict


def bound_labels(house: House) -> list[Label]:
    """Print two labels of a run that must be applied."""
    use, actor, keys = house.use, house.producer.actor, label_keys_of(house.use)
    spec = RunSpec(kind=LabelKind.SERIAL, count=2, stock=A4_24)
    with use.database.transaction() as session:
        set_activation(session, activates=True, actor=actor, clock=use.clock)
        batch = session.get_one(Batch, house.batch.id)
        run = start_run(
            session, batch, spec, actor=actor, notary=notary_of(use), keys=keys
        )
        return job_of(run, batch).labels(keys)


def apply_first(house: House, label: Label) -> None:
    index = SerialNumber.parse(label.serial).index
    draft = ApplyDraft(first=index, last=index, day=house.use.clock.today())
    with house.use.database.transaction() as session:
        batch = session.get_one(Batch, house.batch.id)
        notary = notary_of(house.use)
        actor = house.producer.actor
        apply_labels(session, batch, draft, actor=actor, notary=notary)


def page_of(browser: Browser, label: Label) -> str:
    path = label.link.split("/", 3)[3]
    return browser.get(f"/p/{path}").get_data(as_text=True)


def test_a_label_must_be_applied_where_its_run_says_so(light_house: House) -> None:
    house = light_house
    used, kept = bound_labels(house)
    browser = Browser(make_app(house.use))
    for label in (used, kept):
        report = house.report(label.link)
        assert report.verdict is Verdict.ATTENTION
        assert report.finding(4).code == "label-not-applied"
        assert "tem này chưa được kích hoạt" in page_of(browser, label)
    apply_first(house, used)
    assert house.report(used.link).verdict is Verdict.VERIFIED
    assert "Thông tin lô đã được xác thực" in page_of(browser, used)
    assert house.report(kept.link).verdict is Verdict.ATTENTION
    assert "tem này chưa được kích hoạt" in page_of(browser, kept)
    before = house.serials[0]  # printed before the producer chose so
    assert house.report(before.link).verdict is Verdict.VERIFIED
