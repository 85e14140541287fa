"""The whole catalogue: places, pictures, papers and rights in full."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PRODUCT_TEXTS = (
    *("brand", "brand_folded", "usage", "warnings", "standards"),
    *("origin", "responsible_name", "responsible_address"),
)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    bound = _bindings()
    _widen()
    _create_pictures()
    _create_bindings()
    _create_files()
    op.create_table(
        "producer_details",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("tax_code", sa.String(length=14), nullable=False),
        sa.Column("gln_digits", sa.String(length=13), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_producer_details_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_producer_details")),
        sa.UniqueConstraint("gln_digits", name=op.f("uq_producer_details_gln_digits")),
    )
    for certificate_id, product_id, site_id in bound:
        if product_id is not None:
            _insert("certificate_product", certificate_id, product_id=product_id)
        if site_id is not None:
            _insert("certificate_site", certificate_id, site_id=site_id)
    op.execute(
        "INSERT INTO product_picture (product_id, digest, position, alt)"
        " SELECT id, photo_digest, 0, '' FROM product WHERE photo_digest IS NOT NULL"
    )
    op.execute(
        sa.text(
            "UPDATE site SET is_public = :closed WHERE kind = 'plot' AND"
            " organisation_id IN (SELECT id FROM organisation WHERE kind = 'household')"
        ).bindparams(closed=False)
    )


def _bindings() -> list[tuple[int, int | None, int | None]]:
    rows = op.get_bind().execute(
        sa.text("SELECT id, product_id, site_id FROM certificate ORDER BY id")
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _insert(table: str, certificate_id: int, **bound: int) -> None:
    [(column, value)] = bound.items()
    op.execute(
        sa.text(
            f"INSERT INTO {table} (certificate_id, {column}) VALUES (:one, :other)"  # noqa: S608 (our own names)
        ).bindparams(one=certificate_id, other=value)
    )


def _widen() -> None:
    op.add_column(
        "site",
        sa.Column("state", sa.String(8), server_default="active", nullable=False),
    )
    for name in ("area_hectares", "latitude", "longitude"):
        op.add_column("site", sa.Column(name, sa.Text(), nullable=True))
    for name in _PRODUCT_TEXTS:
        op.add_column("product", _text(name))
    op.add_column("product", sa.Column("alcohol_percent", sa.Text(), nullable=True))
    op.add_column(
        "product",
        sa.Column("shop_links", sa.Text(), server_default="[]", nullable=False),
    )
    op.create_index(op.f("ix_product_brand_folded"), "product", ["brand_folded"])
    op.add_column("ip_right", sa.Column("withdrawn_on", sa.Date(), nullable=True))
    op.add_column("ip_right", _text("withdrawal_reason"))
    with op.batch_alter_table("certificate") as certificate:
        certificate.add_column(_text("scope"))
        certificate.drop_index(op.f("ix_certificate_product_id"))
        certificate.drop_constraint(
            op.f("fk_certificate_product_id"), type_="foreignkey"
        )
        certificate.drop_constraint(op.f("fk_certificate_site_id"), type_="foreignkey")
        certificate.drop_column("product_id")
        certificate.drop_column("site_id")


def _create_pictures() -> None:
    op.create_table(
        "product_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_picture_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["product_photo.digest"],
            name=op.f("fk_product_picture_digest"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_picture")),
        sa.UniqueConstraint(
            "product_id", "digest", name=op.f("uq_product_picture_product_id_digest")
        ),
    )
    op.create_index(op.f("ix_product_picture_digest"), "product_picture", ["digest"])


def _create_bindings() -> None:
    for other in ("product", "site"):
        table, column = f"certificate_{other}", f"{other}_id"
        op.create_table(
            table,
            sa.Column("certificate_id", sa.Integer(), nullable=False),
            sa.Column(column, sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                ["certificate_id"],
                ["certificate.id"],
                name=op.f(f"fk_{table}_certificate_id"),
            ),
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}")
            ),
            sa.PrimaryKeyConstraint("certificate_id", column, name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create_files() -> None:
    op.create_table(
        "certificate_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_file_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_file")),
        sa.UniqueConstraint(
            "certificate_id",
            "digest",
            name=op.f("uq_certificate_file_certificate_id_digest"),
        ),
    )
    op.create_table(
        "certificate_file_part",
        sa.Column("file_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["certificate_file.id"],
            name=op.f("fk_certificate_file_part_file_id"),
        ),
        sa.PrimaryKeyConstraint(
            "file_id", "number", name=op.f("pk_certificate_file_part")
        ),
    )


def downgrade() -> None:
    """Go back to one product and one place a certificate: the first of several."""
    bound = [*_first_of("product"), *_first_of("site")]
    for table in (
        *("certificate_file_part", "certificate_file", "certificate_product"),
        *("certificate_site", "product_picture", "producer_details"),
    ):
        op.drop_table(table)
    _narrow()
    for certificate_id, column, value in bound:
        op.execute(
            sa.text(
                f"UPDATE certificate SET {column} = :other WHERE id = :one"  # noqa: S608 (our own names)
            ).bindparams(one=certificate_id, other=value)
        )


def _first_of(other: str) -> list[tuple[int, str, int]]:
    column = f"{other}_id"
    rows = op.get_bind().execute(
        sa.text(
            f"SELECT certificate_id, min({column}) FROM certificate_{other}"  # noqa: S608 (our own names)
            " GROUP BY certificate_id"
        )
    )
    return [(row[0], column, row[1]) for row in rows]


def _narrow() -> None:
    with op.batch_alter_table("certificate") as certificate:
        certificate.drop_column("scope")
        for other in ("product", "site"):
            certificate.add_column(sa.Column(f"{other}_id", sa.Integer()))
            certificate.create_foreign_key(
                op.f(f"fk_certificate_{other}_id"), other, [f"{other}_id"], ["id"]
            )
        certificate.create_index(op.f("ix_certificate_product_id"), ["product_id"])
    op.drop_index(op.f("ix_product_brand_folded"), "product")
    columns = {
        "site": ("state", "area_hectares", "latitude", "longitude"),
        "product": (*_PRODUCT_TEXTS, "alcohol_percent", "shop_links"),
        "ip_right": ("withdrawn_on", "withdrawal_reason"),
    }
    for table, names in columns.items():
        for name in names:
            op.drop_column(table, name)
