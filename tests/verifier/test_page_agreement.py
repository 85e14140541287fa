"""The page in one file, as people hold it, says of every bundle what Python says."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page

from tests.forgeries.bundles import bundle_of
from tests.forgeries.case import Case
from tests.forgeries.museum import COLLECTION
from tests.forgeries.test_forgeries import HONEST
from tests.verification.make_verification import NOW
from tests.verifier.make_questions import Answer, answer_on_bundle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ORIGIN = "https://tx.example"
TONES = {
    "verified": "good",
    "incomplete": "open",
    **dict.fromkeys(("attention", "held", "expired"), "note"),
    **dict.fromkeys(("recalled", "void", "unknown", "failed"), "stop"),
}
TOLD = """() => {
  const refusal = document.getElementById("refusal");
  if (!refusal.hidden) return { refusal: refusal.textContent };
  const verdict = document.querySelector(".verdict");
  const marks = [...document.querySelectorAll(".findings li > svg")];
  return {
    tone: verdict?.className.split(" ").at(-1) ?? "",
    results: marks.map((one) => one.getAttribute("class").split(" ").at(-1)),
  };
}"""


def memory_of(case: Case) -> str:
    """What the page keeps of a service, as it saves it."""
    kept = {
        "trust_list": case.memory.trust_list,
        "checkpoint": case.memory.checkpoint,
        "status": list(case.memory.status),
    }
    return json.dumps({"v": 1, "services": {"it": kept}, "policy": case.policy})


def told(page: Page, case: Case, bundle: bytes) -> dict[str, Any]:
    page.click("#forget")
    memory: FilePayload = {
        "name": "memory.json",
        "mimeType": "application/json",
        "buffer": memory_of(case).encode(),
    }
    zipped: FilePayload = {
        "name": "bundle.zip",
        "mimeType": "application/zip",
        "buffer": bundle,
    }
    page.set_input_files("#files", [memory, zipped])
    page.wait_for_selector(".findings li, #refusal:not([hidden])")
    found: dict[str, Any] = page.evaluate(TOLD)
    return found


def expected(answer: Answer) -> dict[str, Any]:
    verdict, _code, checks = answer
    return {"tone": TONES[verdict], "results": [check[2] for check in checks]}


def test_the_page_agrees_on_every_case(browser: Browser, verifier_file: Path) -> None:
    page = browser.new_context(offline=True).new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.clock.set_fixed_time(NOW)
    page.goto(verifier_file.as_uri())
    builds = {**HONEST, **{lie.name: lie.build for lie in COLLECTION}}
    wrong = {}
    for name, build in builds.items():
        case = build(ORIGIN)
        bundle = bundle_of(case)
        answer = answer_on_bundle(bundle, case.memory, case.policy)
        found = told(page, case, bundle)
        if answer[0] == "refused":
            same = f"({answer[1]})" in found.get("refusal", "")
        else:
            same = found == expected(answer)
        if not same:
            wrong[name] = (answer, found)
    page.context.close()
    assert not wrong
    assert not troubles
