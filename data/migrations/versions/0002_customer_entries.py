"""What people write about customers: calls, promises to pay, disputes, notes, next actions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_entry",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("seen_to", sa.Date(), nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("amount", sa.String()),
        sa.Column("invoice_id", sa.String()),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("undoes", sa.Integer()),
        sa.PrimaryKeyConstraint("entry_id", name="pk_customer_entry"),
        sa.UniqueConstraint("undoes", name="uq_customer_entry_undoes"),
    )
    op.create_index("ix_customer_entry_customer_id", "customer_entry", ["customer_id"])
    op.create_index("ix_customer_entry_kind", "customer_entry", ["kind"])
