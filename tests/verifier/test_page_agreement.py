"""The page in one file, as people hold it, says of every bundle what Python says."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.verification.make_verification import NOW
from tests.verifier.make_questions import NAMES, Answer, Asked

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TONES = {
    "verified": "good",
    "incomplete": "open",
    **dict.fromkeys(("attention", "held", "expired"), "note"),
    **dict.fromkeys(("recalled", "void", "unknown", "failed"), "stop"),
}
# Files that are chosen one pair after the other, and what the page shows of each.
TOLD = """async (all) => {
  const files = document.getElementById("files");
  const refusal = document.getElementById("refusal");
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const chosen = (memory, bundle) => {
    const held = new DataTransfer();
    held.items.add(new File([memory], "memory.json", { type: "application/json" }));
    held.items.add(new File([bytes(bundle)], "bundle.zip"));
    return held.files;
  };
  const shown = async () => {
    do await new Promise((done) => setTimeout(done));
    while (refusal.hidden && !document.querySelector(".findings li"));
  };
  const told = [];
  for (const [memory, bundle] of all) {
    document.getElementById("forget").click();
    files.files = chosen(memory, bundle);
    files.dispatchEvent(new Event("change"));
    await shown();
    const verdict = document.querySelector(".verdict");
    const marks = [...document.querySelectorAll(".findings li > svg")];
    told.push(!refusal.hidden ? { refusal: refusal.textContent } : {
      tone: verdict?.className.split(" ").at(-1) ?? "",
      results: marks.map((one) => one.getAttribute("class").split(" ").at(-1)),
    });
  }
  return told;
}"""


def memory_of(question: dict[str, Any]) -> str:
    """What the page keeps of a service, as it saves it."""
    kept = {
        "trust_list": question["pinned_trust_list"] or "",
        "checkpoint": question["seen_checkpoint"],
        "status": question["status"],
    }
    policy = question["policy"]
    return json.dumps({"v": 1, "services": {"it": kept}, "policy": policy})


def agrees(answer: Answer, found: dict[str, Any]) -> bool:
    """Return whether the page showed what Python answers."""
    verdict, code, checks = answer
    if verdict == "refused":
        return f"({code})" in found.get("refusal", "")
    results = [check[2] for check in checks]
    return found == {"tone": TONES[verdict], "results": results}


def test_the_page_agrees_on_every_case(
    museum: Asked, browser: Browser, verifier_file: Path
) -> None:
    page = browser.new_context(offline=True).new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.clock.set_fixed_time(NOW)
    page.goto(verifier_file.as_uri())
    questions, answers = museum.questions[len(NAMES) :], museum.answers[len(NAMES) :]
    asked = [(memory_of(one), one["bundle"]) for one in questions]
    told = page.evaluate(TOLD, asked)
    page.context.close()
    wrong = [
        (name, answer, found)
        for name, answer, found in zip(NAMES, answers, told, strict=True)
        if not agrees(answer, found)
    ]
    assert not wrong
    assert not troubles
