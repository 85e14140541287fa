"""What every form's view does: whose it is, store it or show it again, go on."""

from collections.abc import Callable
from http import HTTPStatus

from flask import flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug import Response

from traceability.core.errors import DomainError, ForbiddenError, NotFoundError
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.forms import Form

STORED = 0


def own_organisation() -> int:
    """Return the organisation whose things the caller may touch.

    Raises ``ForbiddenError`` for somebody without one.
    """
    found = actor().organisation_id
    if found is None:
        raise ForbiddenError("Your role does not allow this.")
    return found


def submitted(form: Form, write: Callable[[Session], object]) -> int:
    """Read a sent form and write it in one transaction.

    Returns ``STORED``, or the status with which the form is to be shown: 200 where
    nothing was sent yet. What is not there for the caller is raised, not shown.
    """
    if request.method != "POST":
        return HTTPStatus.OK
    if not form.load(request.form):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        services().database.written(write)
    except (NotFoundError, ForbiddenError):
        raise
    except DomainError as error:
        form.fail(error)
        return error.status
    return STORED


def gone_on(message: str, address: str) -> Response:
    """Say what happened on the page that follows (303)."""
    flash(message, "success")
    return redirect(address, code=HTTPStatus.SEE_OTHER)
