"""What a programmer reads first works: docs/api.md, and the page at /api/v1/docs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from tests.api.document import operations
from tests.journeys.make_service import Sample, Service, served
from tests.signing.make_signing import PASSPHRASE

ROOT = Path(__file__).parents[2]
STAND_IN = Path(__file__).parent / "curl_stand_in.py"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def run(script: str, service: Service, folder: Path) -> str:
    """Run shell lines beside the service, as on its own machine."""
    tools = Path(sys.executable).parent
    if shutil.which("curl") is None:
        script = f'curl() {{ python3 "{STAND_IN}" "$@"; }}\n{script}'
    done = subprocess.run(  # noqa: S603 (the lines of our own document)
        ["bash", "-eu", "-o", "pipefail", "-c", script],  # noqa: S607 (bash from PATH)
        cwd=folder,
        env={
            "PATH": f"{tools}:{os.environ['PATH']}",
            "HOME": str(folder),
            "API": f"{service.origin}/api/v1",
            "BASE_URL": service.origin,
            "DATABASE_URL": service.use.database.url,
            "TRACEABILITY_HOME": str(service.use.settings.home),
            "TRACEABILITY_KEY_PASSPHRASE": PASSPHRASE,
            "LANG": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_first_steps_work_as_they_stand(sample: Sample, tmp_path: Path) -> None:
    script = "\n".join(BLOCK.findall((ROOT / "docs/api.md").read_text("utf-8")))
    with served(sample, tmp_path / "home") as service:
        said = run(script, service, tmp_path)
    assert said.splitlines()[-1].startswith("verified"), said
    assert (tmp_path / "sheets.pdf").read_bytes().startswith(b"%PDF-")
    assert len((tmp_path / "labels.csv").read_text("utf-8").splitlines()) == 25


@pytest.mark.parametrize(
    ("language", "heading"), [("vi", "API cho phần mềm"), ("en", "API for programs")]
)
def test_the_page_shows_every_operation(
    sqlite_app: Flask, language: str, heading: str
) -> None:
    page = sqlite_app.test_client().get(
        f"/api/v1/docs?lang={language}", base_url="https://tx.example"
    )
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert f"<h1>{heading}</h1>" in text
    assert "<script" not in text
    assert "Set-Cookie" not in page.headers
    for one in operations(sqlite_app):
        assert f'<details id="{one.said["operationId"]}">' in text, one
    for name in {one.said["tags"][0] for one in operations(sqlite_app)}:
        assert f'<h2 id="{name}">{name}</h2>' not in text, f"{name} has no heading"
