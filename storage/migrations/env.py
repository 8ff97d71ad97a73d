"""Run the migrations on the connection, and in the transaction, that ``storage.migrate`` hands over."""

from alembic import context

from storage.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
