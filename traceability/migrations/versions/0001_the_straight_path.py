"""The straight path: every table of the first release.

Tables with ``info={"append_only": True}`` get their triggers as they are created
(transparency/triggers.py listens).
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tree_size", sa.BigInteger(), nullable=False),
        sa.Column("root_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    op.create_table(
        "log_leaf",
        sa.Column(
            "index",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_log_leaf")),
        info={"append_only": True},
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_log_node")),
        info={"append_only": True},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name_vi", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_public", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("old_address", sa.String(length=300), nullable=False),
        sa.Column("commune_code", sa.String(length=10), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_organisation_public_id")),
    )
    op.create_table(
        "product_photo",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("webp", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_product_photo")),
    )
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=400), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("visitor", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
    )
    op.create_index(op.f("ix_scan_hour"), "scan", ["hour"], unique=False)
    op.create_index("ix_scan_link_hour", "scan", ["link", "hour"], unique=False)
    op.create_table(
        "scan_day",
        sa.Column("link", sa.String(length=400), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("link", "day", name=op.f("pk_scan_day")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login_digest", sa.String(length=64), nullable=False),
        sa.Column("network_digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(
        op.f("ix_sign_in_attempt_at"), "sign_in_attempt", ["at"], unique=False
    )
    op.create_index(
        "ix_sign_in_attempt_login",
        "sign_in_attempt",
        ["login_digest", "at"],
        unique=False,
    )
    op.create_index(
        "ix_sign_in_attempt_network",
        "sign_in_attempt",
        ["network_digest", "at"],
        unique=False,
    )
    op.create_table(
        "signed_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kid", sa.String(length=200), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_record")),
        sa.UniqueConstraint("digest", name=op.f("uq_signed_record_digest")),
        sa.UniqueConstraint("log_index", name=op.f("uq_signed_record_log_index")),
        sa.UniqueConstraint("public_id", name=op.f("uq_signed_record_public_id")),
        sa.UniqueConstraint(
            "subject",
            "type",
            "version",
            name=op.f("uq_signed_record_subject_type_version"),
        ),
        info={"append_only": True},
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scope_names", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_api_key_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_key_digest")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
    )
    op.create_index(
        op.f("ix_api_key_organisation_id"), "api_key", ["organisation_id"], unique=False
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("target", sa.String(length=400), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_audit_entry_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        info={"append_only": True},
    )
    op.create_index(
        "ix_audit_entry_organisation",
        "audit_entry",
        ["organisation_id", "id"],
        unique=False,
    )
    op.create_table(
        "batch_api_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_batch_api_answer_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_api_answer")),
        sa.UniqueConstraint(
            "organisation_id",
            "key",
            name=op.f("uq_batch_api_answer_organisation_id_key"),
        ),
    )
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["signed_record.id"], name=op.f("fk_disclosure_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sa.UniqueConstraint(
            "record_id", "name", name=op.f("uq_disclosure_record_id_name")
        ),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role_names", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_person_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_index(
        op.f("ix_person_organisation_id"), "person", ["organisation_id"], unique=False
    )
    op.create_table(
        "problem_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("link", sa.String(length=400), nullable=False),
        sa.Column("about", sa.String(length=400), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("product_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_problem_report_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_problem_report_public_id")),
    )
    op.create_index(
        "ix_problem_report_about",
        "problem_report",
        ["about", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_problem_report_organisation_id"),
        "problem_report",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("internal_code", sa.String(length=20), nullable=True),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("ocop_set", sa.String(length=32), nullable=False),
        sa.Column("net_amount", sa.Text(), nullable=True),
        sa.Column("net_unit", sa.String(length=3), nullable=True),
        sa.Column("pack_text", sa.Text(), nullable=False),
        sa.Column("story_vi", sa.Text(), nullable=False),
        sa.Column("story_en", sa.Text(), nullable=False),
        sa.Column("ingredients", sa.Text(), nullable=False),
        sa.Column("storage", sa.Text(), nullable=False),
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.Column("is_intermediate", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("photo_digest", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(gtin IS NULL) <> (internal_code IS NULL)", name=op.f("ck_product_one_key")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_product_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["photo_digest"],
            ["product_photo.digest"],
            name=op.f("fk_product_photo_digest"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("gtin", name=op.f("uq_product_gtin")),
        sa.UniqueConstraint("internal_code", name=op.f("uq_product_internal_code")),
        sa.UniqueConstraint(
            "organisation_id",
            "name_folded",
            name=op.f("uq_product_organisation_id_name_folded"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_product_public_id")),
    )
    op.create_index(
        op.f("ix_product_name_folded"), "product", ["name_folded"], unique=False
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("gln_digits", sa.String(length=13), nullable=True),
        sa.Column("commune_code", sa.String(length=5), nullable=False),
        sa.Column("old_address", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_site_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("gln_digits", name=op.f("uq_site_gln_digits")),
        sa.UniqueConstraint("public_id", name=op.f("uq_site_public_id")),
    )
    op.create_index(
        op.f("ix_site_organisation_id"), "site", ["organisation_id"], unique=False
    )
    op.create_table(
        "trace_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=True),
        sa.Column("biz_step", sa.String(length=40), nullable=False),
        sa.Column("disposition", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=400), nullable=False),
        sa.Column("event_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["signed_record.id"], name=op.f("fk_trace_event_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_trace_event_event_id")),
        sa.UniqueConstraint("record_id", name=op.f("uq_trace_event_record_id")),
    )
    op.create_index(
        op.f("ix_trace_event_event_time"), "trace_event", ["event_time"], unique=False
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("lot_number", sa.String(length=20), nullable=False),
        sa.Column("digital_link", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("production_date", sa.Date(), nullable=False),
        sa.Column("packaging_date", sa.Date(), nullable=True),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=3), nullable=False),
        sa.Column("variety", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("override_reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state = 'draft' OR record_id IS NOT NULL", name=op.f("ck_batch_signed")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_batch_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_batch_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["signed_record.id"], name=op.f("fk_batch_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_batch_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("digital_link", name=op.f("uq_batch_digital_link")),
        sa.UniqueConstraint(
            "product_id", "lot_number", name=op.f("uq_batch_product_id_lot_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_batch_public_id")),
    )
    op.create_index(
        op.f("ix_batch_organisation_id"), "batch", ["organisation_id"], unique=False
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("issued", sa.Date(), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_certificate_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_certificate_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_certificate_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint(
            "organisation_id",
            "kind",
            "number",
            name=op.f("uq_certificate_organisation_id_kind_number"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_certificate_public_id")),
    )
    op.create_index(
        op.f("ix_certificate_product_id"), "certificate", ["product_id"], unique=False
    )
    op.create_table(
        "ip_right",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("sign_folded", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("register_no", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("managing_body", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("goods", sa.Text(), nullable=False),
        sa.Column("right_to_use", sa.Text(), nullable=False),
        sa.Column("right_to_use_date", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_ip_right_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_ip_right_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ip_right")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ip_right_public_id")),
    )
    op.create_index(
        op.f("ix_ip_right_organisation_id"),
        "ip_right",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ip_right_product_id"), "ip_right", ["product_id"], unique=False
    )
    op.create_index(
        op.f("ix_ip_right_sign_folded"), "ip_right", ["sign_folded"], unique=False
    )
    op.create_table(
        "recognition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("rules", sa.String(length=32), nullable=False),
        sa.Column("recognised_by", sa.String(length=16), nullable=False),
        sa.Column("decision_no", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("certificate_no", sa.Text(), nullable=False),
        sa.Column("issued", sa.Date(), nullable=False),
        sa.Column("expires", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_reason", sa.String(length=2), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["organisation.id"],
            name=op.f("fk_recognition_entered_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_recognition_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition")),
        sa.UniqueConstraint(
            "decided_by",
            "certificate_no",
            name=op.f("uq_recognition_decided_by_certificate_no"),
        ),
        sa.UniqueConstraint(
            "product_id",
            "decision_no",
            name=op.f("uq_recognition_product_id_decision_no"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_recognition_public_id")),
    )
    op.create_table(
        "serial_sequence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("next_index", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_serial_sequence_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serial_sequence")),
        sa.UniqueConstraint("product_id", name=op.f("uq_serial_sequence_product_id")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_in_token_digest")),
    )
    op.create_index(
        op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False
    )
    op.create_table(
        "trace_event_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("lot", sa.String(length=400), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["trace_event.id"], name=op.f("fk_trace_event_lot_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event_lot")),
    )
    op.create_index(
        op.f("ix_trace_event_lot_event_id"),
        "trace_event_lot",
        ["event_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_trace_event_lot_lot"), "trace_event_lot", ["lot"], unique=False
    )
    op.create_table(
        "batch_input",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("outside", sa.String(length=300), nullable=False),
        sa.Column("outside_lot", sa.String(length=20), nullable=False),
        sa.Column("supplier", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=3), nullable=False),
        sa.CheckConstraint(
            "(source_id IS NULL) <> (outside = '')", name=op.f("ck_batch_input_source")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_batch_input_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["batch.id"], name=op.f("fk_batch_input_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_input")),
    )
    op.create_index(
        op.f("ix_batch_input_batch_id"), "batch_input", ["batch_id"], unique=False
    )
    op.create_index(
        op.f("ix_batch_input_source_id"), "batch_input", ["source_id"], unique=False
    )
    op.create_table(
        "batch_status_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reason_vi", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("advice_vi", sa.Text(), nullable=False),
        sa.Column("advice_en", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("by_officer", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_batch_status_change_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_batch_status_change_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["signed_record.id"],
            name=op.f("fk_batch_status_change_record_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_status_change")),
        sa.UniqueConstraint("record_id", name=op.f("uq_batch_status_change_record_id")),
    )
    op.create_index(
        op.f("ix_batch_status_change_batch_id"),
        "batch_status_change",
        ["batch_id"],
        unique=False,
    )
    op.create_table(
        "label_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("first_index", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("stock", sa.String(length=16), nullable=False),
        sa.Column("serial_key_id", sa.String(length=64), nullable=True),
        sa.Column("seal_kid", sa.String(length=200), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(kind = 'lot') = (first_index IS NULL)", name=op.f("ck_label_run_range")
        ),
        sa.CheckConstraint(
            "(kind = 'lot') = (serial_key_id IS NULL)",
            name=op.f("ck_label_run_serial_key"),
        ),
        sa.CheckConstraint(
            "(kind = 'sealed') = (seal_kid IS NOT NULL)",
            name=op.f("ck_label_run_seal_key"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_label_run_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_label_run_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["signed_record.id"], name=op.f("fk_label_run_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_run")),
        sa.UniqueConstraint(
            "product_id",
            "first_index",
            name=op.f("uq_label_run_product_id_first_index"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_label_run_public_id")),
        sa.UniqueConstraint("record_id", name=op.f("uq_label_run_record_id")),
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_label_run_batch_id"), "label_run", ["batch_id"], unique=False
    )
    op.create_table(
        "label_void",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("from_index", sa.Integer(), nullable=False),
        sa.Column("to_index", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_index <= to_index", name=op.f("ck_label_void_order")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["signed_record.id"], name=op.f("fk_label_void_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["label_run.id"], name=op.f("fk_label_void_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_void")),
        sa.UniqueConstraint("public_id", name=op.f("uq_label_void_public_id")),
        sa.UniqueConstraint("record_id", name=op.f("uq_label_void_record_id")),
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_label_void_run_id"), "label_void", ["run_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_label_void_run_id"), table_name="label_void")
    op.drop_table("label_void")
    op.drop_index(op.f("ix_label_run_batch_id"), table_name="label_run")
    op.drop_table("label_run")
    op.drop_index(
        op.f("ix_batch_status_change_batch_id"), table_name="batch_status_change"
    )
    op.drop_table("batch_status_change")
    op.drop_index(op.f("ix_batch_input_source_id"), table_name="batch_input")
    op.drop_index(op.f("ix_batch_input_batch_id"), table_name="batch_input")
    op.drop_table("batch_input")
    op.drop_index(op.f("ix_trace_event_lot_lot"), table_name="trace_event_lot")
    op.drop_index(op.f("ix_trace_event_lot_event_id"), table_name="trace_event_lot")
    op.drop_table("trace_event_lot")
    op.drop_index(op.f("ix_sign_in_person_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_table("serial_sequence")
    op.drop_table("recognition")
    op.drop_index(op.f("ix_ip_right_sign_folded"), table_name="ip_right")
    op.drop_index(op.f("ix_ip_right_product_id"), table_name="ip_right")
    op.drop_index(op.f("ix_ip_right_organisation_id"), table_name="ip_right")
    op.drop_table("ip_right")
    op.drop_index(op.f("ix_certificate_product_id"), table_name="certificate")
    op.drop_table("certificate")
    op.drop_index(op.f("ix_batch_organisation_id"), table_name="batch")
    op.drop_table("batch")
    op.drop_index(op.f("ix_trace_event_event_time"), table_name="trace_event")
    op.drop_table("trace_event")
    op.drop_index(op.f("ix_site_organisation_id"), table_name="site")
    op.drop_table("site")
    op.drop_index(op.f("ix_product_name_folded"), table_name="product")
    op.drop_table("product")
    op.drop_index(
        op.f("ix_problem_report_organisation_id"), table_name="problem_report"
    )
    op.drop_index("ix_problem_report_about", table_name="problem_report")
    op.drop_table("problem_report")
    op.drop_index(op.f("ix_person_organisation_id"), table_name="person")
    op.drop_table("person")
    op.drop_table("disclosure")
    op.drop_table("batch_api_answer")
    op.drop_index("ix_audit_entry_organisation", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(op.f("ix_api_key_organisation_id"), table_name="api_key")
    op.drop_table("api_key")
    op.drop_table("signed_record")
    op.drop_index("ix_sign_in_attempt_network", table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_login", table_name="sign_in_attempt")
    op.drop_index(op.f("ix_sign_in_attempt_at"), table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_table("scan_day")
    op.drop_index("ix_scan_link_hour", table_name="scan")
    op.drop_index(op.f("ix_scan_hour"), table_name="scan")
    op.drop_table("scan")
    op.drop_table("product_photo")
    op.drop_table("organisation")
    op.drop_table("log_node")
    op.drop_table("log_leaf")
    op.drop_table("log_head")
