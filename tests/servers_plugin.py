"""Starts the servers before pytest-django reads the settings.

Loaded with `-p` (see pyproject.toml): a conftest would come too late, and a
PostgreSQL leg would silently run on SQLite.
"""

from tests.servers import start_servers

start_servers()
