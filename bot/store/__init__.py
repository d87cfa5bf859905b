"""The rows: one implementation on SQLAlchemy, for SQLite and PostgreSQL."""
