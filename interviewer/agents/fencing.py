"""Fences: marks in a prompt between which nothing is an instruction."""

from __future__ import annotations

import re

# All marks that prompts use: fenced text can imitate none of them, also not the one
# of a fence beside its own.
TAGS = ("session", "record", "conversation", "candidate", "last_question")


def fence(*, tag: str, text: str) -> str:
    """Return the text between marks that it can neither close nor open."""
    names = "|".join(re.escape(name) for name in (tag, *TAGS))
    marks = re.compile(rf"<(?=\s*/?\s*(?:{names})\b)", re.IGNORECASE)
    return f"<{tag}>\n{marks.sub('&lt;', text)}\n</{tag}>"
