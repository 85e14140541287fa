"""A site's name and point on the page: of a household's plot only the commune."""

from decimal import Decimal

import pytest
from sqlalchemy import update

from tests.lookup.make_lookup import Street
from traceability.accounts.models import Organisation
from traceability.catalog.models import Site

POINT, NAME = "21.59422, 105.84817", "Đồi chè Kín Tiếng"


@pytest.mark.parametrize(
    ("kind", "public", "owner", "shown"),
    [
        ("plot", True, "cooperative", True),
        ("plot", False, "cooperative", False),
        ("plot", True, "household", False),  # even where the row says otherwise
        ("shop", True, "household", True),
    ],
)
def test_a_point_is_shown_of_public_places_only(
    light_street: Street, kind: str, owner: str, *, public: bool, shown: bool
) -> None:
    with light_street.use.database.transaction() as session:
        session.execute(update(Organisation).values(kind=owner))
        session.execute(
            update(Site).values(
                kind=kind,
                name=NAME,
                is_public=public,
                latitude=Decimal("21.59422"),
                longitude=Decimal("105.84817"),
            )
        )
    answer = light_street.ask(f"/p{light_street.lot}")
    assert answer.status == 200
    for said in (POINT, NAME):
        assert (said in answer.text) is shown
