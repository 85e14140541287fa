"""The overview of what ends: a producer's own, an officer's of everybody."""

from itertools import groupby

from flask import Blueprint
from werkzeug import Response

from traceability.catalog import wording
from traceability.catalog.expiring.queries import Endings
from traceability.catalog.expiry import Due, Ending
from traceability.catalog.ip_rights import ip_kind
from traceability.core.permissions import Role
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.i18n import gettext as _, language, ngettext
from traceability.web.rendering import render
from traceability.web.submitting import own_organisation

MOST = 300


@require(Role.PRODUCER, Role.OFFICER)
def expiring() -> Response:
    """List what ends soon or has ended, the most urgent first."""
    use = services()
    everybody = actor().has(Role.OFFICER)
    with use.database.reading() as session:
        owner = None if everybody else own_organisation()
        found = use.get(Endings).due(session, owner, use.clock.today())
    groups = groupby(found[:MOST], key=lambda one: one.urgency)
    return render(
        "catalog/expiring.html",
        groups=[(urgency, list(lines)) for urgency, lines in groups],
        everybody=everybody,
        left_out=max(0, len(found) - MOST),
        titles=wording.URGENCIES,
        kind_of=_kind_of,
        how_long=_how_long,
    )


def _kind_of(ending: Ending) -> str:
    if ending.kind == "certificate":
        return str(wording.CERTIFICATE_KINDS[ending.detail])
    if ending.kind == "ip-right":
        return ip_kind(ending.detail).name.in_language(language())
    return _("OCOP, %(stars)s stars", stars=ending.detail)


def _how_long(one: Due) -> str:
    if one.days < 0:
        return ngettext("ended %(num)d day ago", "ended %(num)d days ago", -one.days)
    if one.days == 0:
        return _("ends today")
    return ngettext("%(num)d day left", "%(num)d days left", one.days)


def add_to(blueprint: Blueprint) -> None:
    """Give this page its address."""
    blueprint.add_url_rule("/expiring", view_func=expiring)
