"""The page on which a producer says what labels and passports say of it."""

from flask import Blueprint, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from traceability.accounts.queries import organisation_by_id
from traceability.catalog import queries, service
from traceability.catalog.schemas import ProducerSchema, producer_draft
from traceability.core.permissions import Role
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted


@require(Role.PRODUCER)
def producer() -> Response:
    """Show and change what labels say of the producer."""
    mine = own_organisation()
    with services().database.reading() as session:
        party = organisation_by_id(session, mine)
        details = queries.producer_details(session, mine)
    values = {
        "tax_code": details.tax_code if details else "",
        "gln": details.gln_digits if details else None,
        "address": details.address if details else party.address,
    }
    form = Form(ProducerSchema(), values)

    def write(session: Session) -> None:
        service.keep_producer_details(
            session,
            mine,
            producer_draft(form.data),
            actor=actor(),
            clock=services().clock,
        )

    status = submitted(form, write)
    if status == STORED:
        return gone_on(_("The details are saved."), url_for("catalog.products"))
    return render("catalog/producer.html", status, form=form, party=party)


def add_to(blueprint: Blueprint) -> None:
    """Give this page its address."""
    blueprint.add_url_rule("/producer", view_func=producer, methods=["GET", "POST"])
