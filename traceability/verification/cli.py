"""`traceability verify`: check a link, record, photo or bundle, believing nobody."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import click

from traceability.core.clock import SystemClock
from traceability.core.errors import DomainError, InvalidError, TooLargeError
from traceability.settings import Settings
from traceability.signing.loading import TRUST_LIST_JWS
from traceability.status.lists import MAX_TOKEN
from traceability.transparency.policy import load_policy
from traceability.transparency.tlog_proof import HEADER, parse_proof
from traceability.verification.bundle.archive import is_archive
from traceability.verification.opened import LoggedRecord
from traceability.verification.photo import MAX_BYTES, codes_in, is_picture
from traceability.verification.remote import Verifier
from traceability.verification.report import Report
from traceability.verification.verdict import FAILED, INCOMPLETE, PASSED

MAX_TRUST_BYTES = 1024 * 1024
_LISTS = "traceability.verification.status"
_MARKS = {"pass": "✓", "fail": "✗", "not-checked": "–"}  # never colour alone


class FileUnreadableError(InvalidError):
    """The file is neither a record, a proof, a picture nor a bundle."""

    code = "file-unreadable"


class FileTooLargeError(TooLargeError):
    """The file is larger than anything that can be verified."""

    code = "file-too-large"


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was checked, and the report on it."""

    what: str
    report: Report

    def as_json(self) -> dict[str, object]:
        """Return the report with what it is about."""
        return {"link": self.what, **self.report.as_json()}


@click.command("verify")
@click.argument("what", metavar="LINK|FILE|PHOTO|BUNDLE")
@click.option("--offline", is_flag=True, help="Ask nobody: only what is at hand.")
@click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A trust list (trust-list.jws) whose root you trust.",
)
@click.option(
    "--proof",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With a record file: the proof that the log holds it.",
)
@click.option(
    "--status",
    multiple=True,
    expose_value=False,
    callback=lambda ctx, _option, paths: ctx.meta.update({_LISTS: paths}),
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A status list (.jws) to look the label up in; more than one if need be.",
)
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A witness policy: check 7 then asks for its quorum.",
)
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
@click.pass_context
def group(
    ctx: click.Context,
    /,
    *,
    what: str,
    offline: bool,
    json_: bool,
    **files: Path | None,
) -> None:
    """Check a link, a record, a photo, a PDF sheet or a bundle.

    Exit code 0: nothing failed and all that is required was done; 1: a check failed;
    2: one that is required could not be done.
    """
    settings: Settings | None = ctx.meta.get("traceability.settings")
    try:
        verifier = replace(
            _verifier(settings, files["trust"], files["policy"], offline=offline),
            status=tuple(_list_in(path) for path in ctx.meta[_LISTS]),
        )
        checked = _check(verifier, what, files["proof"])
    except DomainError as refusal:
        click.echo(f"Error: {refusal}", err=True)
        ctx.exit(INCOMPLETE)
    _print(checked, json_=json_)
    ctx.exit(gravest(checked).report.exit_code)


def _verifier(
    settings: Settings | None,
    trust: Path | None,
    policy: Path | None,
    *,
    offline: bool,
) -> Verifier:
    """Return a verifier with this machine's memory.

    Without ``--trust``, a service's own machine trusts the list in its key folder.
    """
    path = trust or (settings.keys / TRUST_LIST_JWS if settings else None)
    token = ""
    if path is not None and path.is_file():
        token = _read(path, MAX_TRUST_BYTES).decode("utf-8", "replace").strip()
    return Verifier(
        clock=SystemClock(),
        notes=settings.home / "verifier" if settings else None,
        trust_list=token,
        offline=offline,
        policy=load_policy(policy) if policy else None,
    )


def _list_in(path: Path) -> str:
    return _text(_read(path, MAX_TOKEN)).strip()


def _check(verifier: Verifier, what: str, proof: Path | None) -> list[Checked]:
    path = Path(what)
    if "://" in what:
        return [Checked(what, verifier.check_link(what))]
    if not path.is_file():
        raise FileUnreadableError("%(what)s is neither a link nor a file.", what=what)
    data = _read(path, MAX_BYTES)
    if is_archive(data):
        return [Checked(what, verifier.check_bundle(data))]
    if is_picture(data):
        return [Checked(code, verifier.check_link(code)) for code in codes_in(data)]
    return [Checked(what, _check_text(verifier, _text(data), proof))]


def _check_text(verifier: Verifier, text: str, proof: Path | None) -> Report:
    if text.startswith(HEADER):
        return _with_proof(verifier, "", text)
    if text.count(".") != 2 or any(map(str.isspace, text.strip())):  # noqa: PLR2004 (header, payload, signature)
        raise FileUnreadableError("The file is neither a record nor a picture.")
    if proof is None:
        return verifier.check_record(LoggedRecord(token=text.strip()))
    return _with_proof(verifier, text.strip(), _text(_read(proof, MAX_BYTES)))


def _with_proof(verifier: Verifier, token: str, text: str) -> Report:
    known = parse_proof(text)
    record = LoggedRecord(
        token=token,
        leaf=known.extra or b"",
        log_index=known.index,
        proof=known.hashes,
    )
    return verifier.check_record(record, known.checkpoint)


def _read(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise FileTooLargeError("%(path)s is too large.", path=str(path))
    return data


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise FileUnreadableError(
            "The file is neither a record nor a picture."
        ) from None


def _print(checked: list[Checked], *, json_: bool) -> None:
    if not json_:
        for one in checked:
            _print_lines(one)
        return
    shown = gravest(checked).report.as_json()
    if len(checked) > 1:
        shown["labels"] = [one.as_json() for one in checked]
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2))


def _print_lines(one: Checked) -> None:
    click.echo(f"{one.report.verdict.value.upper()}  {one.what}")
    for finding in one.report.findings:
        mark = _MARKS[finding.result.value]
        click.echo(f"{finding.number:3} {mark} {finding.name:12} {finding.detail}")


def gravest(checked: list[Checked]) -> Checked:
    """Return what decides the exit code: a failure, else what stayed open."""
    order = (FAILED, INCOMPLETE, PASSED)
    return min(checked, key=lambda one: order.index(one.report.exit_code))
