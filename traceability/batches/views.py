"""Pages of batches: list, form, draft, issued lot; officers see every issued one."""

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy.orm import Session

from traceability.batches import queries, service, wording
from traceability.batches.entry.views import (
    batch_form,
    draft_of,
    new_draft_of,
    values_of,
)
from traceability.batches.importing import views as import_views
from traceability.batches.models import Batch, BatchState
from traceability.batches.queries import BatchSearch
from traceability.batches.schemas import BatchSchema
from traceability.batches.status import views as status_views
from traceability.batches.way.queries import judge
from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.core.text import clean_text
from traceability.records.notary import notary_of
from traceability.records.queries import records_about
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import gone_on, own_organisation

blueprint = Blueprint("batches", __name__)
status_views.add_to(blueprint)
import_views.add_to(blueprint)
Answer = Response | Any
_PAGE_DIGITS = 6
OF_ITS_KIND = ("variety", "stage")  # kept where a lot is asked for, not just the last


@blueprint.get("/batches")
@require(Role.PRODUCER, Role.OFFICER)
def index() -> Response:
    """List batches: a producer's own, or for an officer every issued one."""
    owner = own_organisation() if actor().has(Role.PRODUCER) else None
    search = _search()
    with services().database.reading() as session:
        found = queries.batches_of(session, owner, search)
        total = queries.count_batches(session, owner, search)
        any_at_all = total or queries.count_batches(session, owner)
    return render(
        "batches/index.html",
        batches=found,
        search=search,
        total=total,
        any_at_all=any_at_all,
        officer=owner is None,
        states=wording.STATES,
    )


def _search() -> BatchSearch:
    """Read what is looked for; what cannot be meant is a page that is not there."""
    state, page = request.args.get("state", ""), request.args.get("page", "1")
    if state not in {"", *BatchState} or not (page.isascii() and page.isdecimal()):
        abort(404)
    if len(page) > _PAGE_DIGITS or int(page) < 1:
        abort(404)
    return BatchSearch(
        words=clean_text(request.args.get("q", ""), field="q")[:200],
        state=BatchState(state) if state else None,
        page=int(page),
    )


@blueprint.route("/batches/new", methods=["GET", "POST"])
@require(Role.PRODUCER)
def new() -> Answer:
    """Register a batch; the form starts from the last one, or from ``?like=``."""
    owner = own_organisation()
    with services().database.reading() as session:
        initial = _start(session, owner, request.args.get("like"))
    form = Form(BatchSchema(), initial)
    stored: list[Batch] = []

    def write(session: Session) -> None:
        use = services()
        draft = new_draft_of(session, form)
        stored.append(
            service.register_batch(
                session, draft, actor=actor(), clock=use.clock, identity=use.identity
            )
        )

    return batch_form(form, write, stored=lambda: _drafted(stored[0]), batch=None)


def _drafted(batch: Batch) -> Answer:
    address = url_for("batches.show", public_id=batch.public_id)
    return gone_on(_("The draft is saved. Look it over, then issue the lot."), address)


def _start(session: Session, owner: int, like: str | None) -> dict[str, Any]:
    """Return what a new form holds: the last batch's product, place and unit.

    Its variety is signed, and another product may be chosen: only of a lot asked for.
    """
    last = (
        queries.batch_of(session, like, actor=actor())
        if like
        else queries.last_batch_of(session, owner)
    )
    if last is None or last.organisation_id != owner:
        return {"unit": "KGM"}
    kept = {name: getattr(last, name) for name in OF_ITS_KIND} if like else {}
    return {
        **kept,
        "unit": last.unit,
        "product": last.product.public_id,
        "site": last.site.public_id,
    }


@blueprint.route("/batches/<public_id>/edit", methods=["GET", "POST"])
@require(Role.PRODUCER)
def edit(public_id: str) -> Answer:
    """Change a draft."""
    with services().database.reading() as session:
        batch = queries.batch_of(session, public_id, actor=actor())
        form = Form(BatchSchema(), values_of(session, batch))

    def write(session: Session) -> None:
        mine = queries.batch_of(session, public_id, actor=actor())
        draft = draft_of(session, form)
        clock = services().clock
        service.update_draft(session, mine, draft, actor=actor(), clock=clock)

    return batch_form(form, write, stored=lambda: _drafted(batch), batch=batch)


@blueprint.get("/batches/<public_id>")
@require(Role.PRODUCER, Role.OFFICER)
def show(public_id: str) -> Response:
    """Show a batch: a draft with what becomes public, or what was signed."""
    return _page(public_id)


def _page(public_id: str, problem: str = "", status: int = 200) -> Response:
    with services().database.reading() as session:
        batch = queries.batch_of(session, public_id, actor=actor())
        mine = batch.organisation_id == actor().organisation_id
        return render(
            "batches/show.html",
            status,
            batch=batch,
            mine=mine,
            problem=problem,
            inputs=queries.inputs_of(session, batch),
            judged=judge(session, batch) if mine and _is_draft(batch) else None,
            steps=wording.step_names(),
            rules=wording.RULES,
            genealogy=queries.genealogy(session, batch),
            records=records_about(session, batch.digital_link),
            history=queries.status_history(session, batch),
            may_change=mine or actor().has(Role.OFFICER),
            states=wording.STATES,
            stages=wording.STAGES,
            statuses=wording.STATUSES,
        )


def _is_draft(batch: Batch) -> bool:
    return batch.state == BatchState.DRAFT.value


@blueprint.post("/batches/<public_id>/issue")
@require(Role.PRODUCER)
def issue(public_id: str) -> Answer:
    """Sign a draft and open it to the public; a refusal stands on its page."""
    use = services()
    try:
        with use.database.transaction() as session:
            batch = queries.batch_of(session, public_id, actor=actor())
            service.issue_batch(session, batch, actor=actor(), notary=notary_of(use))
    except DomainError as error:
        problem = _(error.message, **wording.spoken(error).params)
        return _page(public_id, problem, error.status)
    address = url_for("batches.show", public_id=public_id)
    return gone_on(_("The lot is issued, signed and in the public log."), address)


@blueprint.route("/batches/<public_id>/delete", methods=["GET", "POST"])
@require(Role.PRODUCER)
def delete(public_id: str) -> Answer:
    """Throw a draft away, after asking."""
    use = services()
    if request.method == "GET":
        with use.database.reading() as session:
            batch = queries.batch_of(session, public_id, actor=actor())
        return render("batches/delete.html", batch=batch)
    with use.database.transaction() as session:
        batch = queries.batch_of(session, public_id, actor=actor())
        service.delete_draft(session, batch, actor=actor(), clock=use.clock)
    return gone_on(_("The draft is thrown away."), url_for("batches.index"))
