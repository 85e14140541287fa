"""What a producer does with the files of a large run: ask for one, or cancel it."""

from collections.abc import Sequence

from flask import Blueprint, request, url_for
from werkzeug import Response

from traceability.core.permissions import Role
from traceability.labels.printing import service
from traceability.labels.printing.errors import FormatUnknownError
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.press import Press
from traceability.labels.printing.queries import task_in
from traceability.labels.printing.room import call_workers, forget_parts
from traceability.labels.printing.schemas import PrintSchema
from traceability.labels.queries import RunRow, run_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.submitting import gone_on

blueprint = Blueprint("printing", __name__)


def gone_to_run(
    row: RunRow, asked: Sequence[PrintTask], *, making: str, ready: str = ""
) -> Response:
    """Call the workers of what was asked for, and go on to the run's page.

    It says what is being made, or that all is ready where nothing had to be asked for.
    """
    for task in asked:
        call_workers(services(), task)
    address = url_for("labels.run", run_id=row.run.public_id)
    if asked:
        return gone_on(making, address)
    if not row.job.at_once:
        return gone_on(_("The numbers are taken. Choose a file to make."), address)
    return gone_on(ready, address)


@blueprint.post("/labels/<run_id>/files")
@require(Role.PRODUCER)
def ask(run_id: str) -> Response:
    """Have a run made as a file: the first time, after a failure, or again."""
    use = services()
    form = Form(PrintSchema())
    with use.database.transaction() as session:
        row = run_of(session, run_id, actor=actor())
        if not form.load(request.form):
            raise FormatUnknownError("There is no such format.", field="format")
        task = service.ask_print(
            session,
            row,
            form.data["format"],
            actor=actor(),
            clock=use.clock,
            archive=use.get(Press).archive,
            everything=form.data["everything"],
        )
    told = _("The file is being made. You may close this page and come back.")
    return gone_to_run(row, [task], making=told)


@blueprint.post("/labels/<run_id>/files/<task_id>/cancel")
@require(Role.PRODUCER)
def cancel(run_id: str, task_id: str) -> Response:
    """Stop a file that is being made; its labels stay what they are."""
    use = services()
    with use.database.transaction() as session:
        found = task_in(session, run_id, task_id, actor=actor())
        task = service.cancel(session, found.task.public_id, clock=use.clock)
    forget_parts(use, task)
    address = url_for("labels.run", run_id=run_id)
    return gone_on(_("Cancelled. No file was made."), address)
