"""What Alembic runs to migrate: on the connection, and inside the transaction, that the caller hands over."""

from __future__ import annotations

from alembic import context

from boussole.charter.records.models import Base


def migrate() -> None:
    """Run the migrations that are missing."""
    context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
    context.run_migrations()


if __name__ == "env_py":  # the name under which Alembic runs this file: merely importing it does nothing
    migrate()
