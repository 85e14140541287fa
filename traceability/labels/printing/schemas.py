"""What is asked of print tasks and answered about them."""

from typing import Any

from marshmallow import Schema, fields, validate

from traceability.core.identity import Identity
from traceability.labels.printing.queries import TaskRow
from traceability.labels.printing.state import ReadPolicy, TaskState
from traceability.labels.sheets import SheetFormat
from traceability.records.credential import instant_text
from traceability.web.openapi import PREFIX

_EVERYTHING = {
    "description": "Read every symbol back, however many there are. Without it, runs"
    " of more than 20,000 labels are read in their first and last part and a random"
    " 5 % of the others."
}


class PrintSchema(Schema):
    """The form that asks for a run as a file."""

    format = fields.Enum(SheetFormat, by_value=True, required=True)
    everything = fields.Boolean(load_default=False)


class ApiPrint(Schema):
    """The file to make of a run."""

    format = fields.Enum(SheetFormat, by_value=True, required=True)
    read_everything = fields.Boolean(load_default=False, metadata=_EVERYTHING)


class ApiPrintFailure(Schema):
    """Why a print failed; nothing of it can be had."""

    code = fields.String(required=True)
    detail = fields.String(required=True)


class ApiPrintTask(Schema):
    """A run as a file: how far it is; ``file`` answers when it is ready."""

    id = fields.String(required=True)
    format = fields.String(required=True, validate=validate.OneOf([*SheetFormat]))
    state = fields.String(required=True, validate=validate.OneOf([*TaskState]))
    total = fields.Integer(required=True)
    done = fields.Integer(required=True)
    percent = fields.Integer(required=True)
    seconds_left = fields.Integer(required=True, allow_none=True)
    read_back = fields.String(required=True, validate=validate.OneOf([*ReadPolicy]))
    symbols_read = fields.Integer(required=True)
    size = fields.Integer(required=True, allow_none=True)
    sha256 = fields.String(required=True, allow_none=True)
    failure = fields.Nested(ApiPrintFailure, required=True, allow_none=True)
    created_at = fields.String(required=True)
    finished_at = fields.String(required=True, allow_none=True)
    file = fields.String(required=True)


class ApiPrintTasks(Schema):
    """The print tasks of a run, in the order they were asked for."""

    items = fields.List(fields.Nested(ApiPrintTask), required=True)


def task_shown(row: TaskRow, identity: Identity) -> dict[str, Any]:
    """Return a print task as it is answered, plain JSON."""
    task, progress = row.task, row.progress
    left, ended = progress.seconds_left, task.finished_at
    run_id = row.row.run.public_id
    own = identity.url(f"{PREFIX}/label-runs/{run_id}/tasks/{task.public_id}")
    return {
        "id": task.public_id,
        "format": task.format,
        "state": task.state,
        "total": task.total,
        "done": task.done,
        "percent": progress.percent,
        "seconds_left": None if left is None else round(left),
        "read_back": task.policy,
        "symbols_read": task.symbols,
        "size": task.size,
        "sha256": task.sha256,
        "failure": _failure(task.failure),
        "created_at": instant_text(task.created_at),
        "finished_at": None if ended is None else instant_text(ended),
        "file": f"{own}/file",
    }


def _failure(kept: dict[str, Any] | None) -> dict[str, str] | None:
    if kept is None:
        return None
    return {"code": kept["code"], "detail": kept["message"] % kept["params"]}
