"""One record verified with its proof, and a whole bundle, against a bare signature.

Every token is a new one each round: nothing is remembered. Processor time, without I/O.

Run: python -m benchmarks.verify [records].
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace

from benchmarks.measuring import ROUNDS, compare, show
from tests.verification.make_bundles import bundled, check
from tests.verification.make_verification import NOW, World, build_world
from traceability.signing.keys import decode_base64url
from traceability.verification import opened
from traceability.verification.evidence import Evidence, Mode
from traceability.verification.opened import LoggedRecord
from traceability.verification.report import report_of

RECORDS, TARGET_MS = 300, 5.0


def records_of(world: World, count: int) -> list[LoggedRecord]:
    """Sign and log versions of a lot; each with its proof under the last head."""
    names = [f"v{number}" for number in range(count)]
    for number, name in enumerate(names):
        world.publish_batch(name, replace(world.batch(), lot_number=f"L-{number}"))
    return [world.proven(name) for name in names]


def cpu(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def forgetting(work: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        opened._read_once.cache_clear()  # noqa: SLF001 (as a new process would)
        opened._verify_once.cache_clear()  # noqa: SLF001
        return cpu(work)

    return run


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    world = build_world()
    records = records_of(world, count)
    trust, head = world.trust(), world.log.checkpoint()
    public = world.record_key.private.public_key()
    bare = [one.token.rpartition(".") for one in records]
    signed = [
        (decode_base64url(signature), text.encode()) for text, _, signature in bare
    ]

    def verify_all() -> None:
        for one in records:
            found = report_of(
                Evidence(
                    mode=Mode.RECORD,
                    now=NOW.replace(year=2027),
                    trust=trust,
                    records=[one],
                    checkpoint=head,
                )
            )
            assert found.exit_code == 0, found.as_json()

    def verify_bare() -> None:
        for signature, text in signed:
            public.verify(signature, text)

    compared = compare(forgetting(verify_all), forgetting(verify_bare))
    show("record with proof / bare Ed25519 verification", compared, count)
    each = compared.variant / count * 1000
    print(f"  {each:.2f} ms a record (at most {TARGET_MS:g})")
    lot = build_world()
    data, trust_list = bundled(lot), lot.signed_trust_list()
    whole = min(forgetting(lambda: check(data, trust_list))() for _ in range(ROUNDS))
    print(f"  {whole * 1000:.1f} ms a small bundle of {len(data)} bytes, whole")
    return int(each > TARGET_MS)


if __name__ == "__main__":
    sys.exit(main())
