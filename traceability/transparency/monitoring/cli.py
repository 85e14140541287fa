"""`traceability log monitor`: watch a log from outside, believing none of it."""

import base64
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from traceability.core.clock import SystemClock
from traceability.signing.keys import KeyRole, vkey_of
from traceability.signing.trust_list import root_named_by, verify_trust_list
from traceability.transparency.asking import Asker
from traceability.transparency.monitoring.alarms import Alarm, MonitorAlarmError
from traceability.transparency.monitoring.memory import MonitorMemory
from traceability.transparency.monitoring.monitor import Monitor, Sight
from traceability.transparency.note import NoteKey, parse_vkey
from traceability.transparency.policy import load_policy

BROKEN, SILENT = 1, 2  # exit codes: a promise was broken; nobody answered
_existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("monitor")
@click.argument("url", metavar="URL")
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("monitor"),
    show_default=True,
    help="Folder of every head seen and of how far the log was read.",
)
@click.option("--once/--forever", default=True, help="One look, or one after another.")
@click.option("--interval", type=click.FloatRange(min=1), default=60, show_default=True)
@click.option("--max-age", type=click.IntRange(min=1), help="Seconds.")
@click.option("--json", "json_", is_flag=True, help="Print JSON, a line a look.")
@click.option("--policy", type=_existing, help="A witness policy.")
@click.option("--trust", type=_existing, help="A trust list you trust: its log keys.")
@click.pass_context
def monitor(
    ctx: click.Context,
    /,
    *,
    url: str,
    once: bool,
    json_: bool,
    interval: float,
    **more: Any,
) -> None:
    """Read the log at URL and keep what it showed.

    URL is where /checkpoint lies. Exit code 1: the log broke a promise, and the code
    says which; 2: nobody answered.
    """
    watching = _monitor(url.rstrip("/"), **more)
    never = threading.Event()
    while True:
        code = _look(watching, json_=json_)
        if once or code == BROKEN:
            ctx.exit(code)
        never.wait(interval)


def _monitor(
    url: str,
    *,
    state: Path,
    max_age: int | None,
    policy: Path | None,
    trust: Path | None,
) -> Monitor:
    asked = load_policy(policy) if policy else None
    named = [one.key for one in asked.logs] if asked else []

    def keys() -> Sequence[NoteKey] | None:
        return listed_keys(trust) if trust else named or None

    return Monitor(
        url=url,
        memory=MonitorMemory(state),
        get=Asker().get,
        clock=SystemClock(),
        keys=keys,
        policy=asked,
        max_age=max_age,
    )


def listed_keys(path: Path) -> list[NoteKey]:
    """Return the log keys of a trust list that was handed over; an old one counts.

    Raises what ``verify_trust_list`` raises, ``OSError``.
    """
    token = path.read_text("ascii").strip()
    now = SystemClock().now()
    found = verify_trust_list(token, root_named_by(token), now=now, accept_expired=True)
    return [
        parse_vkey(vkey_of(found.log_origin, key.jwk))
        for key in found.of_role(KeyRole.LOG)
        if key.revoked_at is None
    ]


def _look(watching: Monitor, *, json_: bool) -> int:
    try:
        sight = watching.look()
    except MonitorAlarmError as alarm:
        told = {"alarm": alarm.alarm.value, "detail": str(alarm), "url": watching.url}
        click.echo(json.dumps(told) if json_ else f"{alarm.alarm.value}: {alarm}")
        return SILENT if alarm.alarm is Alarm.UNREACHABLE else BROKEN
    click.echo(json.dumps(_as_json(sight)) if json_ else _line(sight))
    return 0


def _as_json(sight: Sight) -> dict[str, object]:
    return {
        "alarm": None,
        "origin": sight.origin,
        "tree_size": sight.size,
        "root_hash": base64.b64encode(sight.root).decode(),
        "read": sight.read,
        "cosigned": list(sight.cosigned),
        "fresh_at": sight.fresh_at,
    }


def _line(sight: Sight) -> str:
    names = ", ".join(sight.cosigned) or "-"
    return f"{sight.origin}: {sight.size} entries, {sight.read} new, witnesses {names}"
