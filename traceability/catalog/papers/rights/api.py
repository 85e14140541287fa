"""Rights over the API: list, add, read, put right, withdraw."""

from typing import Any

from sqlalchemy.orm import Session

from traceability.catalog import queries
from traceability.catalog.models import IpRight, Product
from traceability.catalog.papers import service
from traceability.catalog.papers.rights.schemas import (
    ApiIpRight,
    ApiIpRightChanges,
    ApiIpRightShown,
    ip_right_draft,
    ip_right_shown,
)
from traceability.catalog.papers.schemas import ApiWithdrawal
from traceability.core.permissions import Role, Scope
from traceability.records.notary import notary_of
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import PageQuery, page_of, page_schema, window_of
from traceability.web.repeating import once
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "ip_rights_api",
    __name__,
    url_prefix=f"{PREFIX}/ip-rights",
    description="Marks, geographical indications, designs, patents and the like",
)
_READERS = (Role.PRODUCER, Role.OFFICER, Role.INSPECTOR)
_SEE_ALL = (Role.OFFICER, Role.INSPECTOR)


@blueprint.post("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiIpRight)
@blueprint.response(201, ApiIpRightShown)
def register(data: dict[str, Any]) -> Any:
    """Add a right; it is signed and logged."""

    def write(session: Session) -> Any:
        mine = own_organisation()
        product = queries.own_product(session, mine, data["product"])
        right = service.register_ip_right(
            session,
            ip_right_draft(data, product.id),
            owner=mine,
            actor=actor(),
            notary=notary_of(services()),
        )
        return _shown(session, right)

    return once(write)


@blueprint.get("")
@blueprint.permitted(*_READERS, scope=Scope.CATALOGUE_READ)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_schema(ApiIpRightShown))
def listing(data: dict[str, Any]) -> Any:
    """List own rights (officers, inspectors: everybody's), the newest first."""
    window = window_of(data)
    owner = None if actor().has(*_SEE_ALL) else own_organisation()
    with services().database.reading() as session:
        rows = queries.ip_rights_in(session, owner, window)
        return page_of(
            rows,
            window,
            key=lambda row: row.id,
            show=lambda row: _shown(session, row),
        )


@blueprint.get("/<public_id>")
@blueprint.permitted(*_READERS, scope=Scope.CATALOGUE_READ)
@blueprint.response(200, ApiIpRightShown)
def show(public_id: str) -> Any:
    """Read one right."""
    with services().database.reading() as session:
        if actor().has(*_SEE_ALL):
            return _shown(session, queries.ip_right_by_public_id(session, public_id))
        return _shown(session, _own(session, public_id))


@blueprint.patch("/<public_id>")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiIpRightChanges)
@blueprint.response(200, ApiIpRightShown)
def correct(data: dict[str, Any], public_id: str) -> Any:
    """Put a right straight; a new version is signed."""

    def write(session: Session) -> Any:
        right = _own(session, public_id)
        product_id = right.product_id
        if "product" in data:
            mine = own_organisation()
            product_id = queries.own_product(session, mine, data["product"]).id
        service.correct_ip_right(
            session,
            right,
            ip_right_draft(data, product_id, right),
            actor=actor(),
            notary=notary_of(services()),
        )
        return _shown(session, right)

    return once(write)


@blueprint.post("/<public_id>/withdraw")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiWithdrawal)
@blueprint.response(200, ApiIpRightShown)
def withdraw(data: dict[str, Any], public_id: str) -> Any:
    """Say from which day a right is held no more; a new version is signed."""

    def write(session: Session) -> Any:
        right = _own(session, public_id)
        service.withdraw_ip_right(
            session,
            right,
            service.Withdrawal(on=data["on"], reason=data["reason"]),
            actor=actor(),
            notary=notary_of(services()),
        )
        return _shown(session, right)

    return once(write)


def _own(session: Session, public_id: str) -> IpRight:
    return queries.own_ip_right(session, own_organisation(), public_id)


def _shown(session: Session, right: IpRight) -> dict[str, Any]:
    use = services()
    return ip_right_shown(
        right,
        session.get_one(Product, right.product_id),
        identity=use.identity,
        today=use.clock.today(),
    )
