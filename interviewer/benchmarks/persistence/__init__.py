"""Suite `persistence`: what storing and archiving cost, and what survives kills.

Measured on SQLite and, in a process of its own, on an embedded PostgreSQL.
"""

from interviewer.benchmarks.persistence.suite import run

__all__ = ["run"]
