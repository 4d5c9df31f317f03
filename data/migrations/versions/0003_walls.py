"""Walls and the screens that show them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wall",
        sa.Column("wall_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scenes", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("wall_id", name="pk_wall"),
        sa.UniqueConstraint("slug", name="uq_wall_slug"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "device",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("wall_id", sa.Integer()),
        sa.Column("code", sa.String()),
        sa.Column("code_until", sa.String()),
        sa.Column("created", sa.String(), nullable=False),
        sa.Column("paired_at", sa.String()),
        sa.Column("revoked_at", sa.String()),
        sa.Column("last_seen", sa.String()),
        sa.Column("version_shown", sa.Integer()),
        sa.Column("scene_shown", sa.String(), nullable=False),
        sa.Column("release_shown", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", name="pk_device"),
        sa.UniqueConstraint("secret", name="uq_device_secret"),
        sa.UniqueConstraint("code", name="uq_device_code"),
        sqlite_autoincrement=True,
    )
