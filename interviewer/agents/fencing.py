"""Fences: marks in a prompt between which nothing is an instruction."""

from __future__ import annotations

import re


def fence(*, tag: str, text: str) -> str:
    """Return the text between marks that it cannot itself close or open."""
    marks = re.compile(rf"<(?=\s*/?\s*{re.escape(tag)}\b)", re.IGNORECASE)
    return f"<{tag}>\n{marks.sub('&lt;', text)}\n</{tag}>"
