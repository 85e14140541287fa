"""Print tasks over the API: have a run made as a file, see how far it is, get it."""

from dataclasses import replace
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from traceability.core.permissions import Role, Scope
from traceability.labels.printing import service
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.press import Press
from traceability.labels.printing.queries import task_in, tasks_of
from traceability.labels.printing.room import (
    call_workers,
    forget_parts,
    note_file,
    ready_file,
)
from traceability.labels.printing.schemas import (
    ApiPrint,
    ApiPrintTask,
    ApiPrintTasks,
    task_shown,
)
from traceability.labels.queries import run_of
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.repeating import once
from traceability.web.sending import hands_over, send_stream

ANY_TYPE = "application/octet-stream"  # of whatever format it is
blueprint = ApiBlueprint(
    "printing_api",
    __name__,
    url_prefix=f"{PREFIX}/label-runs/<public_id>/tasks",
    description="Label runs as files that workers make: ask, watch, cancel, download",
)


@blueprint.get("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_READ)
@blueprint.response(200, ApiPrintTasks)
def listing(public_id: str) -> Any:
    """List the files that were asked for of a run."""
    use = services()
    with use.database.reading() as session:
        rows = tasks_of(session, run_of(session, public_id, actor=actor()))
    return {"items": [task_shown(row, use.identity) for row in rows]}


@blueprint.post("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_WRITE)
@blueprint.arguments(ApiPrint)
@blueprint.response(202, ApiPrintTask)
def ask(data: dict[str, Any], public_id: str) -> Any:
    """Have a run made as a file: the first time, after a failure, or again."""
    asked: list[PrintTask] = []

    def write(session: Session) -> Any:
        use = services()
        row = run_of(session, public_id, actor=actor())
        task = service.ask_print(
            session,
            row,
            data["format"],
            actor=actor(),
            clock=use.clock,
            archive=use.get(Press).archive,
            everything=data["read_everything"],
        )
        asked.append(task)
        return _shown(session, public_id, task.public_id)

    answer = once(write)
    for task in asked:
        call_workers(services(), task)
    return answer


@blueprint.get("/<task_id>")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_READ)
@blueprint.response(200, ApiPrintTask)
def show(public_id: str, task_id: str) -> Any:
    """See how far a file is."""
    with services().database.reading() as session:
        return _shown(session, public_id, task_id)


@blueprint.post("/<task_id>/cancel")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_WRITE)
@blueprint.response(200, ApiPrintTask)
def cancel(public_id: str, task_id: str) -> Any:
    """Stop a file that is being made; the run and its numbers stay."""
    cancelled: list[PrintTask] = []

    def write(session: Session) -> Any:
        found = task_in(session, public_id, task_id, actor=actor())
        clock = services().clock
        cancelled.append(service.cancel(session, found.task.public_id, clock=clock))
        return _shown(session, public_id, task_id)

    answer = once(write)
    for task in cancelled:
        forget_parts(services(), task)
    return answer


@blueprint.get("/<task_id>/file")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_READ)
@blueprint.alt_response(409, "CONFLICT")
@blueprint.file(ANY_TYPE)
def file(public_id: str, task_id: str) -> Response:
    """Download a finished file (409 before), whole or in ranges."""
    use = services()
    with use.database.reading() as session:
        found = task_in(session, public_id, task_id, actor=actor())
    opened, sent = ready_file(use, found)
    response = send_stream(opened, replace(sent, media_type=ANY_TYPE))
    if hands_over(response):
        note_file(use, found.row.run, found.task.format, actor=actor())
    return response


def _shown(session: Session, public_id: str, task_id: str) -> dict[str, Any]:
    found = task_in(session, public_id, task_id, actor=actor())
    return task_shown(found, services().identity)
