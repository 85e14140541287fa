"""`traceability log`: examine the public log."""

import base64
import json
from dataclasses import asdict

import click

from traceability.transparency.auditing import faults_of
from traceability.transparency.collecting.service import Collector
from traceability.transparency.queries import read_head
from traceability.transparency.service import TransparencyLog
from traceability.web.context import Services


@click.command()
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
@click.pass_context
def fsck(ctx: click.Context, *, json_: bool) -> None:
    """Recompute the log from its leaves; exit 1 and say what is wrong."""
    use: Services = ctx.obj
    log = use.get(TransparencyLog)
    faults = faults_of(use, use.database)
    with use.database.reading() as session:
        head = read_head(session)
    size, root = (head.size, base64.b64encode(head.root).decode()) if head else (0, "")
    if json_:
        told = {"origin": log.origin, "tree_size": size, "root_hash": root}
        click.echo(json.dumps({**told, "faults": faults}, ensure_ascii=False))
    else:
        click.echo(f"{log.origin}\n{size} entries\n{root}")
        click.echo("\n".join(f"wrong: {fault}" for fault in faults) or "sound")
    ctx.exit(1 if faults else 0)


@click.command()
@click.confirmation_option(prompt="Is this the newest state that was ever published?")
@click.pass_obj
def adopt(use: Services) -> None:
    """Go on with this database where the file of the last head is lost.

    Only for a home restored on another machine, from a backup that holds everything
    ever published: otherwise two histories come into the world.
    """
    use.get(TransparencyLog).adopt(use.database)
    click.echo("adopted")


@click.command()
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
@click.pass_context
def cosign(ctx: click.Context, *, json_: bool) -> None:
    """Ask the policy's witnesses to cosign the newest head.

    Exit code 1 without a quorum.
    """
    use: Services = ctx.obj
    found = use.get(Collector).collect(patient=False)
    if json_:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        names = ", ".join(found.cosigned) or "nobody"
        click.echo(f"{found.size} entries, cosigned by {names}")
        for fault in found.faults:
            click.echo(f"refused: {fault}")
    ctx.exit(0 if found.quorum and not found.faults else 1)
