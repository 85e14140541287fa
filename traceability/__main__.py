"""The program: `traceability …`, `python -m traceability …`.

Help, and what needs no services, starts without reading what puts them together.
"""

from traceability.cli import Assembly, main as cli
from traceability.cli.loading import Later


def main() -> None:
    """Run the command line."""
    assembly = Assembly(
        build_services=Later("traceability.services:build_services"),
        create_app=Later("traceability.app:create_app"),
    )
    cli(obj=assembly, prog_name="traceability")


if __name__ == "__main__":
    main()
