"""Migration 0002 on a database in use: nothing is lost on the way up or down."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from traceability.db.database import Database
from traceability.db.migrations import downgrade, upgrade

ROWS = """
INSERT INTO organisation (id, public_id, kind, name_vi, name_en, name_public, address,
 old_address, phone, email, active, sample, created_at) VALUES
 (1, 'o1', 'cooperative', 'HTX mẫu', '', true, '', '', '', '', true, true, :now),
 (2, 'o2', 'household', 'Hộ mẫu', '', true, '', '', '', '', true, true, :now);
INSERT INTO site (id, public_id, organisation_id, kind, name, commune_code, old_address,
 area_code, is_public, created_at) VALUES
 (1, 's1', 1, 'plot', 'Đồi chè', '05587', '', '', true, :now),
 (2, 's2', 2, 'plot', 'Thửa nhà', '05587', '', '', true, :now);
INSERT INTO product_photo (digest, webp, width, height) VALUES ('d1', :webp, 1, 1);
INSERT INTO product (id, public_id, organisation_id, internal_code, name_vi, name_en,
 name_folded, ocop_set, pack_text, story_vi, story_en, ingredients, storage,
 is_intermediate, state, photo_digest, created_at) VALUES
 (1, 'p1', 1, 'CHE', 'Chè', '', 'chè', '', '', '', '', '', '', false, 'active', 'd1',
 :now),
 (2, 'p2', 1, 'GAO', 'Gạo', '', 'gạo', '', '', '', '', '', '', false, 'active', NULL,
 :now);
INSERT INTO certificate (id, public_id, organisation_id, kind, number, body, product_id,
 site_id, issued, withdrawal_reason) VALUES
 (1, 'c1', 1, 'haccp', 'N1', 'Sở mẫu', 1, 1, '2026-01-01', ''),
 (2, 'c2', 1, 'haccp', 'N2', 'Sở mẫu', NULL, NULL, '2026-01-01', '')
"""


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.db),
        pytest.param("postgresql", marks=pytest.mark.db),
    ]
)
def in_use(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of before, with rows in it."""
    sqlite = request.param == "sqlite"
    url = (
        f"sqlite:///{tmp_path / 'old.sqlite3'}"
        if sqlite
        else request.getfixturevalue("postgres_url")
    )
    database = Database(url)
    upgrade(database, "0001")
    values = {"now": "2026-11-22 03:00:00+00:00", "webp": b"webp"}
    with database.transaction() as session:
        for statement in ROWS.split(";\n"):
            named = {name: values[name] for name in values if f":{name}" in statement}
            session.execute(text(statement), named)
    yield database
    database.dispose()


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.reading() as session:
        return [tuple(row) for row in session.execute(text(query))]


def test_a_database_in_use_goes_up_and_down_and_up(in_use: Database) -> None:
    upgrade(in_use, "0002")
    assert rows(in_use, "SELECT * FROM certificate_product") == [(1, 1)]
    assert rows(in_use, "SELECT * FROM certificate_site") == [(1, 1)]
    pictures = "SELECT product_id, digest, position FROM product_picture"
    assert rows(in_use, pictures) == [(1, "d1", 0)]
    public = "SELECT id FROM site WHERE is_public ORDER BY id"
    assert rows(in_use, public) == [(1,)]  # of a household's plot only the commune
    assert rows(in_use, "SELECT brand, shop_links FROM product WHERE id = 1") == [
        ("", "[]")
    ]
    with in_use.transaction() as session:
        session.execute(text("INSERT INTO certificate_product VALUES (1, 2)"))
    downgrade(in_use, "0001")
    bound = "SELECT id, product_id, site_id FROM certificate ORDER BY id"
    assert rows(in_use, bound) == [(1, 1, 1), (2, None, None)]
    assert rows(in_use, "SELECT photo_digest FROM product WHERE id = 1") == [("d1",)]
    upgrade(in_use, "0002")
    assert rows(in_use, "SELECT * FROM certificate_product") == [(1, 1)]
