"""Several replicas on one PostgreSQL: real processes, killed, stopped, and cut off from their database."""
