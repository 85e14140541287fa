"""What the permanent codes of problems mean: where their ``type`` links lead."""

import inspect

from flask import Blueprint
from werkzeug.wrappers import Response

from traceability.core.errors import DomainError, NotFoundError
from traceability.web.problems import title_of
from traceability.web.rendering import render

blueprint = Blueprint("problems", __name__, url_prefix="/problems")


class ProblemUnknownError(NotFoundError):
    """No refusal has this code."""

    code = "problem-unknown"


def known_problems() -> dict[str, type[DomainError]]:
    """Return every refusal of the rooms that are loaded, by its code."""
    found: dict[str, type[DomainError]] = {}
    waiting = [DomainError]
    while waiting:
        one = waiting.pop()
        found.setdefault(one.code, one)
        waiting.extend(one.__subclasses__())
    return dict(sorted(found.items()))


@blueprint.get("")
def index() -> Response:
    """List every code."""
    return render("web/problems.html", problems=known_problems(), meaning=meaning)


@blueprint.get("/<code>")
def problem(code: str) -> Response:
    """Explain one code."""
    found = known_problems().get(code)
    if found is None:
        raise ProblemUnknownError("No problem has this code.")
    return render(
        "web/problems.html",
        problems={code: found},
        meaning=meaning,
        title=title_of(found.status),
    )


def meaning(refusal: type[DomainError]) -> str:
    """Return the first line of a refusal's description, in English."""
    return (inspect.getdoc(refusal) or "").partition("\n")[0]
