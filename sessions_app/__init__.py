"""Interview sessions, their journal, and what is derived from it."""
