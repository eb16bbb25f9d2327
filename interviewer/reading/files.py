"""An uploaded file into text, by a process that may be killed.

The file is never stored: it is piped to `parser_process.py`, which has no settings,
no secrets and little memory, and is ended when it takes too long.
"""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import threading
import unicodedata
from pathlib import Path
from typing import Any

MAX_FILE_MB = 5
MAX_FILE_BYTES = MAX_FILE_MB * 1024 * 1024
TIMEOUT_SECONDS: float = 20
AT_ONCE = 2  # parsers that may run beside each other in this process
PARSER = Path(__file__).with_name("parser_process.py")

PASTE = "or paste the text into the box"
PROBLEMS = {
    "empty": f"This file is empty. Choose another one, {PASTE}.",
    "too_large": f"This file is larger than {MAX_FILE_MB} MB. Save it "
    f"without pictures, {PASTE}.",
    "unknown": f"This is no PDF, Word (.docx) or plain text file, whatever its name "
    f"says. Save it as one of these, {PASTE}.",
    "old_word": f"This is a Word file of the old kind (.doc). Save it as .docx or "
    f"PDF, {PASTE}.",
    "locked": f"This file is locked with a password. Save a copy without one, {PASTE}.",
    "no_text": "No text was found in this file: it may consist of pictures, like a "
    f"scan. Choose another one, {PASTE}.",
    "damaged": f"This file could not be read; it seems to be damaged. Save it again, "
    f"{PASTE}.",
    "too_hard": f"Reading this file takes too much time or memory. Save it as plain "
    f"text, {PASTE}.",
    "busy": "Other files are being read just now. Try again in a moment, "
    "or paste the text into the box.",
}

_parsers = threading.BoundedSemaphore(AT_ONCE)
_LIGATURES = re.compile("[\ufb00-\ufb06]")
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\u00ad\u200b\ufeff\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|[\f\u2028\u2029]")


class UnableToRead(Exception):
    """The file gives no text; the message is for the person and says what to do."""

    def __init__(self, problem: str) -> None:
        super().__init__(PROBLEMS[problem])
        self.problem = problem


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """The text of a file; `is_cut` when it had more than was wanted."""

    text: str
    is_cut: bool


def read_document(
    *,
    content: bytes,
    most_characters: int,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Document:
    """Return the text of a PDF, Word or text file; raises UnableToRead.

    Takes half a second of a process's time, at most `timeout_seconds`.
    """
    if not content:
        raise UnableToRead("empty")
    if len(content) > MAX_FILE_BYTES:
        raise UnableToRead("too_large")
    if not _parsers.acquire(timeout=timeout_seconds):
        raise UnableToRead("busy")
    try:
        found = _parsed(content, most_characters, timeout_seconds)
    finally:
        _parsers.release()
    if "problem" in found:
        raise UnableToRead(found["problem"])
    text = tidied(found["text"])
    if not text:
        raise UnableToRead("no_text")
    return Document(text=text, is_cut=found["is_cut"])


def _parsed(content: bytes, most_characters: int, seconds: float) -> dict[str, Any]:
    try:
        finished = subprocess.run(
            [sys.executable, "-I", str(PARSER), str(most_characters)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # of libraries, which quote the file
            timeout=seconds,
            env={},
            check=True,
        )
        found: dict[str, Any] = json.loads(finished.stdout)
    except (subprocess.SubprocessError, ValueError):
        return {"problem": "too_hard"}  # it was killed: by us or by its limits
    return found


def tidied(text: str) -> str:
    """Return the text as somebody would have typed it: no marks that nobody sees."""
    text = _LINE_ENDS.sub("\n", text)
    text = _LIGATURES.sub(lambda mark: unicodedata.normalize("NFKC", mark[0]), text)
    text = _UNSHOWN.sub("", text).replace("\u00a0", " ")
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()
