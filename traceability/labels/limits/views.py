"""Pages of what bounds printing: quotas for officers, activation for producers."""

from typing import Any

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import Session

from traceability.accounts.queries import organisation_by_public_id
from traceability.core.permissions import Role
from traceability.labels.life.wording import PERIODS
from traceability.labels.limits.queries import terms_of, use_of, uses
from traceability.labels.limits.schemas import ActivationSchema, QuotaSchema
from traceability.labels.limits.service import QuotaDraft, set_activation, set_quota
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted

Answer = Response | Any
_authority = require(Role.OFFICER, Role.ADMINISTRATOR)


@_authority
def quotas() -> Response:
    """List every producer with its quota and what is used of it."""
    use = services()
    with use.database.reading() as session:
        found = uses(session, use.clock.today())
    return render(
        "labels/quotas.html", found=found, periods=PERIODS, year=use.clock.today().year
    )


@_authority
def quota(public_id: str) -> Answer:
    """Set how many labels one organisation may print."""
    use = services()
    with use.database.reading() as session:
        organisation = organisation_by_public_id(session, public_id)
        told = use_of(session, organisation.id, use.clock.today())
    form = Form(QuotaSchema(), {"quota": told.quota, "period": told.period.value})

    def write(session: Session) -> None:
        draft = QuotaDraft(quota=form.data["quota"], period=form.data["period"])
        found = organisation_by_public_id(session, public_id)
        set_quota(session, found, draft, actor=actor(), clock=use.clock)

    status = submitted(form, write)
    if status == STORED:
        return gone_on(_("The quota was set."), url_for("labels.quotas"))
    return render(
        "labels/quota.html",
        status,
        organisation=organisation,
        use=told,
        form=form,
        periods=PERIODS,
    )


@require(Role.PRODUCER)
def activation() -> Answer:
    """Say whether labels printed from today on count only once they are on goods."""
    use = services()
    with use.database.reading() as session:
        terms = terms_of(session, own_organisation())
    since = terms.applied_since if terms else None
    form = Form(ActivationSchema(), {"activates": "1" if since else ""})

    def write(session: Session) -> None:
        set_activation(
            session, activates=form.data["activates"], actor=actor(), clock=use.clock
        )

    status = submitted(form, write)
    if status == STORED:
        return gone_on(_("The changes were stored."), url_for("labels.index"))
    return render("labels/activation.html", status, form=form, since=since)


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint these pages."""
    add, both = blueprint.add_url_rule, ["GET", "POST"]
    add("/labels/activation", view_func=activation, methods=both)
    add("/label-quotas", view_func=quotas)
    add("/label-quotas/<public_id>", view_func=quota, methods=both)
