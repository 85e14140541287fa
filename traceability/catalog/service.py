"""Write products, places and what labels say of a producer.

Every change leaves an audit row in the same transaction.
"""

from sqlalchemy.orm import Session

from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.models import Organisation
from traceability.accounts.service import audit
from traceability.catalog.drafts import (
    ProducerDraft,
    ProductDraft,
    ProductState,
    SiteDraft,
    SiteKind,
    SiteState,
)
from traceability.catalog.errors import (
    GlnTakenError,
    GtinTakenError,
    InternalCodeTakenError,
    NameTakenError,
    ProductKeyError,
)
from traceability.catalog.models import ProducerDetails, Product, Site
from traceability.catalog.names import (
    ConfusableError,
    DisguisedNameError,
    folded,
    refuse_disguise,
    skeleton,
)
from traceability.catalog.places import PlaceFacts, may_be_named
from traceability.catalog.queries import name_exists
from traceability.core.errors import DomainError
from traceability.core.ids import new_id
from traceability.core.permissions import Actor
from traceability.core.ports import Clock
from traceability.db.translating import translating
from traceability.gs1.keys import Gtin, InternalCode


def refuse_look_alike(session: Session, name: str, *, field: str) -> None:
    """Refuse a name written to be taken for another.

    Raises ``ConfusableError`` where it reads like an existing product or sign, else
    ``DisguisedNameError``. Disguised names are never stored, so nothing races here.
    """
    try:
        refuse_disguise(name, field=field)
    except DisguisedNameError:
        if name_exists(session, skeleton(name)):
            raise ConfusableError(
                "This name looks like one that exists but uses other letters.",
                field=field,
            ) from None
        raise


def register_site(
    session: Session, draft: SiteDraft, *, owner: int, actor: Actor, clock: Clock
) -> Site:
    """Store a producer's place. Raises ``GlnTakenError``. The caller commits."""
    site = Site(public_id=new_id(), organisation_id=owner, created_at=clock.now())
    return _saved_site(session, site, draft, actor=actor, clock=clock)


def update_site(
    session: Session, site: Site, draft: SiteDraft, *, actor: Actor, clock: Clock
) -> Site:
    """Change a place. Raises ``GlnTakenError``. The caller commits."""
    return _saved_site(session, site, draft, actor=actor, clock=clock)


def _saved_site(
    session: Session, site: Site, draft: SiteDraft, *, actor: Actor, clock: Clock
) -> Site:
    site.kind = draft.kind.value
    site.name = draft.name
    site.gln_digits = str(draft.gln) if draft.gln else None
    site.commune_code = draft.commune_code
    site.old_address = draft.old_address
    site.area_code = draft.area_code
    site.area_hectares = draft.area_hectares
    site.latitude = draft.point.latitude if draft.point else None
    site.longitude = draft.point.longitude if draft.point else None
    site.is_public = _is_public(session, site, draft)
    site.state = draft.state.value
    new = site.id is None
    session.add(site)
    taken = GlnTakenError("A place with this GLN exists already.", field="gln")
    with translating({"uq_site_gln_digits": taken}):
        session.flush()
    action = "site-registered" if new else "site-changed"
    audit(session, actor, action, f"site:{site.public_id}", clock)
    return site


def _is_public(session: Session, site: Site, draft: SiteDraft) -> bool:
    owner = session.get_one(Organisation, site.organisation_id)
    return may_be_named(
        PlaceFacts(
            is_plot=draft.kind is SiteKind.PLOT,
            is_public=draft.is_public,
            of_household=owner.kind == OrganisationKind.HOUSEHOLD,
        )
    )


def retire_site(
    session: Session, site: Site, state: SiteState, *, actor: Actor, clock: Clock
) -> None:
    """Offer a place for new lots no more, or again. The caller commits."""
    if site.state == state.value:
        return
    site.state = state.value
    session.flush()
    action = "site-retired" if state is SiteState.RETIRED else "site-reopened"
    audit(session, actor, action, f"site:{site.public_id}", clock)


def keep_producer_details(
    session: Session, owner: int, draft: ProducerDraft, *, actor: Actor, clock: Clock
) -> ProducerDetails:
    """Store what labels say of a producer. The caller commits.

    Raises ``GlnTakenError`` for the number of another producer.
    """
    details = session.get(ProducerDetails, owner, with_for_update=True)
    if details is None:
        details = ProducerDetails(organisation_id=owner)
    details.tax_code = draft.tax_code
    details.gln_digits = str(draft.gln) if draft.gln else None
    details.address = draft.address
    session.add(details)
    taken = GlnTakenError("Another producer has this GLN.", field="gln")
    with translating({"uq_producer_details_gln_digits": taken}):
        session.flush()
    audit(session, actor, "producer-changed", f"organisation:{owner}", clock)
    return details


def register_product(
    session: Session, draft: ProductDraft, *, owner: int, actor: Actor, clock: Clock
) -> Product:
    """Store a producer's product. The caller commits.

    Raises ``NameTakenError``, ``GtinTakenError``, ``InternalCodeTakenError`` and
    ``ConfusableError``.
    """
    product = Product(public_id=new_id(), organisation_id=owner, created_at=clock.now())
    is_gtin = isinstance(draft.key, Gtin)
    product.gtin = str(draft.key) if is_gtin else None
    product.internal_code = None if is_gtin else str(draft.key)
    _save_product(session, product, draft)
    audit(session, actor, "product-registered", f"product:{product.public_id}", clock)
    return product


def update_product(
    session: Session,
    product: Product,
    draft: ProductDraft,
    *,
    actor: Actor,
    clock: Clock,
) -> Product:
    """Change what a product's page says, never its GTIN or code.

    Raises ``ProductKeyError``, ``NameTakenError`` and ``ConfusableError``. The caller
    commits.
    """
    if draft.key != product.key:
        raise ProductKeyError(
            "The GTIN or code stays as it is: labels carry it.",
            field="gtin" if product.gtin else "internal_code",
        )
    _save_product(session, product, draft)
    audit(session, actor, "product-changed", f"product:{product.public_id}", clock)
    return product


def _save_product(session: Session, product: Product, draft: ProductDraft) -> None:
    refuse_look_alike(session, draft.name_vi, field="name_vi")
    refuse_look_alike(session, draft.name_en, field="name_en")
    refuse_look_alike(session, draft.brand, field="brand")
    for name in _PRODUCT_VALUES:
        setattr(product, name, getattr(draft, name))
    product.name_folded = folded(draft.name_vi)
    product.brand_folded = folded(draft.brand)
    product.shop_links = [link.url for link in draft.shops]
    product.net_amount = draft.net.amount if draft.net else None
    product.net_unit = draft.net.unit if draft.net else None
    product.state = draft.state.value
    session.add(product)
    with translating(_product_conflicts(draft.key)):
        session.flush()


_PRODUCT_VALUES = (
    *("name_vi", "name_en", "ocop_set", "pack_text", "story_vi", "story_en"),
    *("ingredients", "usage", "storage", "warnings", "brand", "standards"),
    *("origin", "responsible_name", "responsible_address", "alcohol_percent"),
    *("shelf_life_days", "is_intermediate"),
)


def _product_conflicts(key: Gtin | InternalCode) -> dict[str, DomainError]:
    return {
        "uq_product_organisation_id_name_folded": NameTakenError(
            "You already have a product of this name.", field="name_vi"
        ),
        "uq_product_gtin": GtinTakenError(
            "A product with GTIN %(gtin)s is registered already.",
            field="gtin",
            gtin=str(key),
        ),
        "uq_product_internal_code": InternalCodeTakenError(
            "A product with the code %(internal_code)s is registered already.",
            field="internal_code",
            internal_code=str(key),
        ),
    }


def set_product_state(
    session: Session,
    product: Product,
    state: ProductState,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """Allow no new lots of a product, or allow them again. The caller commits."""
    if product.state == state.value:
        return
    product.state = state.value
    session.flush()
    retired = state is ProductState.RETIRED
    action = "product-retired" if retired else "product-reopened"
    audit(session, actor, action, f"product:{product.public_id}", clock)
