"""Bundles over HTTP: for everybody, and with private values for who may see them."""

import re

from flask import Blueprint, Response, request
from werkzeug import Response as Answer

from traceability.accounts.service import audit
from traceability.batches.queries import batch_of
from traceability.core.permissions import Role
from traceability.events.kinds import kinds
from traceability.events.wording import element_name, shown_value
from traceability.gs1.digital_link import DigitalLink
from traceability.gs1.errors import LinkInvalidError
from traceability.transparency.service import TransparencyLog
from traceability.verification.bundle.address import (
    ENDING,
    PREFIX,
    SEAL,
    address_of,
)
from traceability.verification.bundle.contents import MEDIA_TYPE
from traceability.verification.bundle.service import (
    BundleNotFoundError,
    Private,
    bundle_for,
    private_values,
)
from traceability.verification.room import sources_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.i18n import gettext as _
from traceability.web.raw_target import raw_target
from traceability.web.rendering import render

MAX_CHOSEN = 500
_SUPPLIER = re.compile(r"inputs-([0-9]{1,4})-supplier")
_ODD = re.compile(r"[^A-Za-z0-9.-]+")

blueprint = Blueprint("bundles", __name__)


def add_to(public: Blueprint) -> None:
    """Give a blueprint for everybody the bundles."""
    public.add_url_rule(f"{PREFIX}/<path:path>", view_func=bundle)


def bundle(path: str) -> Response:
    """Return the evidence of a lot or label as one zip, without private values."""
    del path  # the raw target is read: a slash inside a lot survives
    raw_path, raw_query = raw_target()
    if not raw_path.endswith(ENDING):
        raise BundleNotFoundError("Nothing is signed about what this address names.")
    use = services()
    key_path = raw_path.removeprefix(PREFIX).removesuffix(ENDING)
    link, query = DigitalLink.parse_target(use.identity.origin, key_path, raw_query)
    seal = query.seal or ""
    if not SEAL.fullmatch(seal):
        raise LinkInvalidError("The seal may hold digits only.")
    use.get(TransparencyLog).publish(use.database)
    sources = sources_of(use)
    with use.database.reading() as session:
        data = bundle_for(session, link, sources=sources, seal=seal)
    response = _sent(data, link)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.route("/batches/<public_id>/bundle", methods=["GET", "POST"])
@require(Role.PRODUCER, Role.OFFICER)
def disclose(public_id: str) -> Answer:
    """Choose which private values go along in a bundle of one's own making."""
    use, who = services(), actor()
    chosen = set(request.form.getlist("value")[:MAX_CHOSEN])
    with use.database.reading() as session:
        batch = batch_of(session, public_id, actor=who)
        private = private_values(session, batch, actor=who)
        link = DigitalLink.parse(batch.digital_link)
    if request.method == "GET":
        return render(
            "bundles/disclose.html",
            batch=batch,
            private=[(one, *_worded(one)) for one in private],
            address=address_of(link),
        )
    disclosed = [one.disclosed for one in private if one.key in chosen]
    use.get(TransparencyLog).publish(use.database)
    sources = sources_of(use)
    with use.database.reading() as session:
        data = bundle_for(session, link, sources=sources, disclosed=disclosed)
    if disclosed:
        with use.database.transaction() as session:
            audit(
                session,
                who,
                "values-disclosed",
                f"batch:{public_id}",
                use.clock,
                values=[f"{one.record}.{one.name}" for one in disclosed],
            )
    return _sent(data, link)


def _worded(one: Private) -> tuple[str, str]:
    """Return what a private value is, and the value, as people say it."""
    name, value = one.disclosed.name, one.disclosed.value
    bought = _SUPPLIER.fullmatch(name)
    if bought is not None:
        number = int(bought[1]) + 1
        return _("Supplier of input %(number)d", number=number), str(value)
    if name == "producer-name":
        return _("Name of the producer"), str(value)
    for kind in kinds():
        for element in kind.elements:
            if element.id == name:
                return element_name(element), shown_value(element.element, value)
    return name, str(value)


def _sent(data: bytes, link: DigitalLink) -> Response:
    response = Response(data, content_type=MEDIA_TYPE)
    parts = (str(link.key), link.lot or "", link.serial or "")
    name = "-".join(_ODD.sub("-", one) for one in parts if one)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="goi-chung-cu-{name}{ENDING}"'
    )
    response.headers["Cache-Control"] = "no-store"
    return response
