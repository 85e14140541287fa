"""What a producer does with the files of a large run: ask for one, or cancel it."""

from flask import Blueprint, request, url_for
from werkzeug import Response

from traceability.core.permissions import Role
from traceability.labels.printing import service
from traceability.labels.printing.errors import FormatUnknownError
from traceability.labels.printing.press import Press
from traceability.labels.printing.queries import task_in
from traceability.labels.printing.room import call_workers, forget_parts
from traceability.labels.printing.schemas import PrintSchema
from traceability.labels.queries import run_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.submitting import gone_on

blueprint = Blueprint("printing", __name__)


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
    call_workers(use, task)
    return gone_on(
        _("The file is being made. You may close this page and come back."),
        url_for("labels.run", run_id=run_id),
    )


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
