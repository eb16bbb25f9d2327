"""The prompts, as files; a prompt's version is a digest of its text."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent / "prompts"
VERSION_CHARACTERS = 12


@dataclasses.dataclass(frozen=True, slots=True)
class PromptFile:
    """A prompt; whoever changes the text changes the version, and with it the keys."""

    name: str
    version: str
    text: str


@functools.cache
def load_prompt(name: str) -> PromptFile:
    """Return the prompt of this name; read once per process."""
    text = (DIRECTORY / f"{name}.md").read_text(encoding="utf-8").strip()
    digest = hashlib.sha256(text.encode()).hexdigest()
    return PromptFile(name, digest[:VERSION_CHARACTERS], text)
