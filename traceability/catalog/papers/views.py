"""A producer's papers: certificates and rights to signs, as far as they are shown."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from traceability.catalog import queries, wording
from traceability.catalog.certificates import Validity
from traceability.catalog.drafts import CertificateDraft, IpRightDraft
from traceability.catalog.ip_rights import ip_kind, ip_kinds, number_looks_odd, shown
from traceability.catalog.models import IpRight, Product, Site
from traceability.catalog.papers import service
from traceability.catalog.papers.queries import scopes_of
from traceability.catalog.papers.scans.views import sent_file
from traceability.catalog.papers.service import Withdrawal
from traceability.catalog.schemas import (
    CertificateSchema,
    IpRightSchema,
    WithdrawalSchema,
)
from traceability.core.permissions import Role
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _, language
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted


@require(Role.PRODUCER)
def certificates() -> Response:
    """List the producer's certificates and rights with what they are worth today."""
    today = services().clock.today()
    with services().database.reading() as session:
        mine = own_organisation()
        papers = queries.certificates_of(session, mine)
        rights = queries.ip_rights_of(session, mine)
        scopes = scopes_of(session, [one.id for one in papers])
        products = queries.products_of(session, mine)
    return render(
        "catalog/certificates.html",
        certificates=[(one, one.term.on(today), scopes[one.id]) for one in papers],
        rights=[(one, shown(one.facts, today)) for one in rights],
        products={one.id: one for one in products},
        kinds=wording.CERTIFICATE_KINDS,
        validities=wording.VALIDITIES,
        ip_states=wording.IP_STATES,
        ip_kind_name=_ip_kind_name,
        number_looks_odd=number_looks_odd,
        valid=Validity.VALID,
    )


@require(Role.PRODUCER)
def new_certificate() -> Response:
    """Register a certificate."""
    form = Form(CertificateSchema())

    def write(session: Session) -> None:
        data, mine = form.data, own_organisation()
        copied = ("kind", "number", "body", "issued", "expires", "scope")
        draft = CertificateDraft(
            product_ids=tuple(
                _product_id(session, mine, one) for one in data["products"]
            ),
            site_ids=tuple(
                queries.own_site(session, mine, one).id for one in data["sites"]
            ),
            **{name: data[name] for name in copied},
        )
        scan = sent_file()
        service.register_certificate(
            session,
            draft,
            (scan,) if scan else (),
            owner=mine,
            actor=actor(),
            notary=notary_of(services()),
        )

    status = submitted(form, write)
    if status == STORED:
        return _to_the_list(_("The certificate is registered."))
    products, sites = _choices()
    return render(
        "catalog/certificate.html",
        status,
        form=form,
        products=_options(products),
        sites=_options(sites),
        kinds=wording.CERTIFICATE_KINDS.items(),
    )


@require(Role.PRODUCER)
def withdraw_certificate(public_id: str) -> Response:
    """Say from when a certificate counts no more."""
    with services().database.reading() as session:
        certificate = queries.own_certificate(session, own_organisation(), public_id)
    form = Form(WithdrawalSchema(), {"on": services().clock.today()})

    def write(session: Session) -> None:
        service.withdraw_certificate(
            session,
            queries.own_certificate(session, own_organisation(), public_id),
            Withdrawal(on=form.data["on"], reason=form.data["reason"]),
            actor=actor(),
            notary=notary_of(services()),
        )

    status = submitted(form, write)
    if status == STORED:
        return _to_the_list(_("The certificate is withdrawn."))
    kind = wording.CERTIFICATE_KINDS[certificate.kind]
    return _withdrawal_page(form, status, f"{kind} · {certificate.number}")


@require(Role.PRODUCER)
def withdraw_ip_right(public_id: str) -> Response:
    """Say from when a right is held no more."""
    with services().database.reading() as session:
        right = queries.own_ip_right(session, own_organisation(), public_id)
    form = Form(WithdrawalSchema(), {"on": services().clock.today()})

    def write(session: Session) -> None:
        service.withdraw_ip_right(
            session,
            queries.own_ip_right(session, own_organisation(), public_id),
            Withdrawal(on=form.data["on"], reason=form.data["reason"]),
            actor=actor(),
            notary=notary_of(services()),
        )

    status = submitted(form, write)
    if status == STORED:
        return _to_the_list(_("The right is withdrawn."))
    return _withdrawal_page(form, status, f"{_ip_kind_name(right.kind)} · {right.sign}")


def _withdrawal_page(form: Form, status: int, heading: str) -> Response:
    return render("catalog/withdrawal.html", status, form=form, heading=heading)


@require(Role.PRODUCER)
def new_ip_right() -> Response:
    """Register a right."""

    def write(session: Session, draft: IpRightDraft) -> None:
        service.register_ip_right(
            session,
            draft,
            owner=own_organisation(),
            actor=actor(),
            notary=notary_of(services()),
        )

    return _ip_right_answer(Form(IpRightSchema(), {"state": "registered"}), write)


@require(Role.PRODUCER)
def edit_ip_right(public_id: str) -> Response:
    """Put a right straight."""
    with services().database.reading() as session:
        right = queries.own_ip_right(session, own_organisation(), public_id)
        product = session.get_one(Product, right.product_id)
    names = IpRightSchema().fields.keys() - {"product"}
    values = {name: getattr(right, name) for name in names}

    def write(session: Session, draft: IpRightDraft) -> None:
        service.correct_ip_right(
            session,
            queries.own_ip_right(session, own_organisation(), public_id),
            draft,
            actor=actor(),
            notary=notary_of(services()),
        )

    form = Form(IpRightSchema(), values | {"product": product.public_id})
    return _ip_right_answer(form, write, right)


def _ip_right_answer(
    form: Form,
    write: Callable[[Session, IpRightDraft], None],
    right: IpRight | None = None,
) -> Response:
    def write_draft(session: Session) -> None:
        data: dict[str, Any] = dict(form.data)
        product = data.pop("product")
        product_id = _product_id(session, own_organisation(), product)
        write(session, IpRightDraft(product_id=product_id, **data))

    status = submitted(form, write_draft)
    if status == STORED:
        return _to_the_list(_("The right is saved."))
    return render(
        "catalog/ip_right.html",
        status,
        form=form,
        right=right,
        products=_options(_choices()[0]),
        notes=[one.note.in_language(language()) for one in ip_kinds() if one.note.vi],
        kinds=[(one.code, one.name.in_language(language())) for one in ip_kinds()],
        shared=[one.name.in_language(language()) for one in ip_kinds() if one.shared],
        states=wording.IP_STATES.items(),
    )


def _product_id(session: Session, mine: int, public_id: str) -> int:
    return queries.own_product(session, mine, public_id).id


def _choices() -> tuple[Sequence[Product], Sequence[Site]]:
    with services().database.reading() as session:
        mine = own_organisation()
        return queries.products_of(session, mine), queries.sites_of(session, mine)


def _options(things: Sequence[Product] | Sequence[Site]) -> list[tuple[str, str]]:
    return [
        (one.public_id, one.name_vi if isinstance(one, Product) else one.name)
        for one in things
    ]


def _ip_kind_name(code: str) -> str:
    return ip_kind(code).name.in_language(language())


def _to_the_list(message: str) -> Response:
    return gone_on(message, url_for("catalog.certificates"))


def add_to(blueprint: Blueprint) -> None:
    """Give these pages their addresses."""
    both = ["GET", "POST"]
    blueprint.add_url_rule("/certificates", view_func=certificates)
    for path, view in (
        ("/certificates/new", new_certificate),
        ("/certificates/<public_id>/withdraw", withdraw_certificate),
        ("/ip-rights/new", new_ip_right),
        ("/ip-rights/<public_id>/edit", edit_ip_right),
        ("/ip-rights/<public_id>/withdraw", withdraw_ip_right),
    ):
        blueprint.add_url_rule(path, view_func=view, methods=both)
