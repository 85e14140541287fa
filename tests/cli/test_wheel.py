"""A wheel, installed alone, is the whole service: `init`, `demo`, `serve`."""

import os
import site
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

from tests.cli.test_contract import free_port
from tests.cli.test_group import ask

ROOT = Path(__file__).parents[2]
SECONDS = 240
TEMPLATES = "traceability/templates"
SERVED = (
    *("/", "/sign-in", "/verify", "/log/checkpoint", "/static/public.css"),
    *("/verifier.html", "/inspector/", "/inspector/worker.js"),
    "/static/verifier/verify.js",
    "/static/vendor/zxing-wasm/reader/zxing_reader.wasm",
    *("/status/revocation/0", "/contexts/credentials/v1"),
)


@dataclass(frozen=True)
class Installed:
    """A virtual environment with our wheel, and a home far from the checkout."""

    bin: Path
    home: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "TRACEABILITY_HOME": str(self.home),
            "TRACEABILITY_MIN_FREE_MB": "0",
            "TRACEABILITY_WORKER": "off",
            "TRACEABILITY_LOG_FORMAT": "json",
            "PORT": str(self.port),
        }

    def run(self, *words: str) -> str:
        return run(
            [str(self.bin / "traceability"), *words], self.home.parent, self.environment
        )


def run(words: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 (our own commands)
        words,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d"]
    run([*build, str(tmp_path)], ROOT, {"PATH": os.environ["PATH"]})
    [built] = tmp_path.glob("*.whl")
    return built


@pytest.fixture
def installed(tmp_path: Path, wheel: Path) -> Installed:
    """The other packages are those of the tests; the checkout is out of sight."""
    folder = tmp_path
    environment = {"PATH": os.environ["PATH"]}
    venv = folder / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", str(venv)], folder, environment)
    python = venv / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    run([*pip, "--no-deps", "--no-index", "--quiet", str(wheel)], folder, environment)
    [packages] = venv.glob("lib/python*/site-packages")
    # A folder named in a .pth file joins the path; .pth files inside it do not count.
    (packages / "tests.pth").write_text("\n".join(site.getsitepackages()))
    return Installed(venv / "bin", folder / "there" / "home", free_port())


@pytest.fixture
def prepared(installed: Installed) -> Installed:
    installed.home.mkdir(parents=True)
    words = [str(installed.bin / "python"), "-c"]
    program = "import traceability; print(traceability.__file__)"
    found = run([*words, program], installed.home.parent, installed.environment)
    assert Path(found.strip()).is_relative_to(installed.bin.parent)
    for words in (["init"], ["db", "upgrade"], ["demo"]):
        installed.run(*words)
    return installed


@pytest.fixture
def served(prepared: Installed) -> Iterator[str]:
    server = subprocess.Popen(  # noqa: S603 (our own command)
        [str(prepared.bin / "traceability"), "serve"],
        cwd=prepared.home.parent,
        env=prepared.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{prepared.port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def test_every_file_of_the_tree_is_in_it(wheel: Path) -> None:
    """Styles, scripts, vendored modules with their licences, words, templates, data."""
    with ZipFile(wheel) as archive:
        packed = {one for one in archive.namelist() if ".dist-info/" not in one}
    homes = {ROOT / "traceability": "traceability", ROOT / "templates": TEMPLATES}
    there = {
        f"{name}/{file.relative_to(home).as_posix()}"
        for home, name in homes.items()
        for file in home.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert packed == there
    assert "traceability/static/vendor/noble-ed25519/LICENSE" in packed
    assert "traceability/static/vendor/zxing-wasm/LICENSE-zxing-cpp.txt" in packed


@pytest.mark.slow
def test_it_serves_the_sample_data_with_pages_and_styles(
    prepared: Installed, served: str
) -> None:
    assert ask(f"{served}/readyz") == 200
    assert "sound" in prepared.run("log", "fsck")
    for path in SERVED:
        with urlopen(served + path, timeout=20) as answer:  # noqa: S310 (our own loopback)
            assert answer.status == 200, path
