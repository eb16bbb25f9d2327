"""The admin: accounts, and interviews to review. Nobody edits what was said."""

from sessions_app.admin import disputes, people, records, sessions

__all__ = ["disputes", "people", "records", "sessions"]
