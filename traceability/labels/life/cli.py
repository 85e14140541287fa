"""Commands of a label's life: look a number up, tell which labels are on goods."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from traceability.core.permissions import SYSTEM
from traceability.labels.life.queries import lives_of_number
from traceability.labels.life.schemas import number_shown
from traceability.labels.life.service import ApplyDraft, apply_labels
from traceability.labels.life.witness import VoidKind, Witness
from traceability.labels.queries import batch_to_label
from traceability.labels.room import label_keys_of
from traceability.labels.serials import INDEX_LIMIT
from traceability.labels.service import VoidDraft
from traceability.records.notary import notary_of
from traceability.web.context import Services

batch_option = click.option("--batch", "batch_id", required=True, metavar="ID")
_index = click.IntRange(0, INDEX_LIMIT - 1)
from_option = click.option(
    "--from", "first", type=_index, required=True, metavar="INDEX"
)
to_option = click.option("--to", "last", type=_index, required=True, metavar="INDEX")
reason_option = click.option("--reason", required=True)
kind_option = click.option(
    "--kind",
    type=click.Choice([one.value for one in VoidKind]),
    default=VoidKind.OTHER.value,
    show_default=True,
)
witness_option = click.option(
    "--witness", default="", help="Name of a second person who was there."
)
witness_role_option = click.option(
    "--witness-role", default="", help="What that person does."
)

_VOIDING = (
    from_option,
    to_option,
    reason_option,
    kind_option,
    witness_option,
    witness_role_option,
)
Command = TypeVar("Command", bound=Callable[..., Any])


def void_options(command: Command) -> Command:
    """Add the options that say which labels are void, why, and who saw it."""
    for option in reversed(_VOIDING):
        command = option(command)
    return command


def void_draft(given: dict[str, Any]) -> VoidDraft:
    """Return what those options ask for. Raises what ``VoidDraft`` does."""
    return VoidDraft(
        first=given["first"],
        last=given["last"],
        reason=given["reason"],
        kind=VoidKind(given["kind"]),
        witness=Witness.named(given["witness"], given["witness_role"]),
    )


@click.command()
@click.argument("number")
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
@click.pass_obj
def number(use: Services, *, number: str, json_: bool) -> None:
    """Tell the whole life of NUMBER: a serial as it is printed, or an index.

    Exits 1 where nobody printed it here.
    """
    with use.database.reading() as session:
        found = lives_of_number(
            session, number, actor=SYSTEM, mac_of=label_keys_of(use).mac_of
        )
        shown = [number_shown(one) for one in found]
    if json_:
        click.echo(json.dumps(shown))
    for one, told in () if json_ else zip(found, shown, strict=True):
        click.echo(f"{one.index} {one.fate.value} {told['digital_link']}")
        click.echo(f"  run {one.row.run.public_id} {one.row.run.created_at:%Y-%m-%d}")
        for name in ("print_outs", "bindings", "applied", "reprints", "voids"):
            for line in told[name]:
                words = " ".join(f"{key}={value}" for key, value in line.items())
                click.echo(f"  {name}: {words}")
    if not found:
        raise SystemExit(1)


@click.command()
@batch_option
@from_option
@to_option
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Today, if left out.")
@click.option("--place", default="", help="Line or place; kept private.")
@click.pass_obj
def apply(
    use: Services,
    *,
    batch_id: str,
    first: int,
    last: int,
    day: datetime | None,
    place: str,
) -> None:
    """Tell that a range of labels was put on goods, both ends included."""
    on = day.date() if day else use.clock.today()
    draft = ApplyDraft(first=first, last=last, day=on, place=place)
    with use.database.transaction() as session:
        batch = batch_to_label(session, batch_id)
        apply_labels(session, batch, draft, actor=SYSTEM, notary=notary_of(use))
    click.echo(f"applied: {first}-{last}")
