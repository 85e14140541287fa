"""Run the benchmarks that are quick enough to be run together; name some to choose.

Run: python -m benchmarks [labels log lookup sign ingest verify].
"""

import subprocess
import sys

QUICK: dict[str, list[str]] = {
    "sign": [],
    "log": [],
    "lookup": [],
    "ingest": [],
    "labels": [],
    "verify": [],
}


def main() -> int:
    chosen = sys.argv[1:] or list(QUICK)
    failed = 0
    for name in chosen:
        print(f"== {name}", flush=True)
        command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.{name}"]
        failed |= subprocess.call([*command, *QUICK[name]])  # noqa: S603 (our own modules)
    return failed


if __name__ == "__main__":
    sys.exit(main())
