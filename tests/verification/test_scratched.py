"""A label whose scratch codes were handed out is judged as all others, by everybody."""

from tests.labels.make_scratch import hand_out, spec
from tests.verification.make_bundles import check, files_in, house_bundle
from tests.verification.make_house import House
from traceability.batches.models import Batch
from traceability.labels.label import Label
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of
from traceability.labels.service import start_run
from traceability.records.notary import notary_of
from traceability.verification.verdict import Verdict


def delivered(house: House) -> list[Label]:
    """Print three labels with scratch codes, and hand those out."""
    use, actor, keys = house.use, house.producer.actor, label_keys_of(house.use)
    with use.database.transaction() as session:
        batch = session.get_one(Batch, house.batch.id)
        run = start_run(
            session, batch, spec(), actor=actor, notary=notary_of(use), keys=keys
        )
        row = RunRow(run, batch, batch.product)
    hand_out(use, row, actor)
    return row.job.labels(keys)


def test_whoever_reads_the_log_misses_nothing_of_a_label_with_codes(
    light_house: House,
) -> None:
    label = delivered(light_house)[0]
    assert light_house.report(label.link).verdict is Verdict.VERIFIED
    data = house_bundle(light_house, label.link)  # holds the log's later entries
    trust = files_in(data)["trust-list.jws"]
    report = check(data, trust, clock=light_house.use.clock)
    assert report.finding(8).code == "current-then"
    assert report.verdict is Verdict.VERIFIED
