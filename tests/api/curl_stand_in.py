"""As much of curl as docs/api.md uses, for machines that have none."""

import argparse
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen


def main() -> int:
    parser = argparse.ArgumentParser()
    for flag in ("-s", "-S", "-f", "-G"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("-X")
    parser.add_argument("-d")
    parser.add_argument("-o")
    parser.add_argument("--data-urlencode")
    parser.add_argument("address")
    asked = parser.parse_args()
    address = asked.address
    if asked.data_urlencode:
        name, _, value = asked.data_urlencode.partition("=")
        address += f"?{name}={quote(value, safe='')}"
    request = Request(  # noqa: S310 (a loopback address)
        address,
        data=asked.d.encode() if asked.d else None,
        headers=dict(one.split(": ", 1) for one in asked.H),
        method=asked.X or ("POST" if asked.d else "GET"),
    )
    try:
        with urlopen(request, timeout=60) as answer:  # noqa: S310 (a loopback address)
            body = answer.read()
    except HTTPError as refused:
        sys.stderr.write(f"{refused}: {refused.read().decode()}\n")
        return 22
    if asked.o:
        Path(asked.o).write_bytes(body)
    else:
        sys.stdout.buffer.write(body)
    return 0


sys.exit(main())
