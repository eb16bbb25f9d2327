"""A process of its own that turns one uploaded file into text: bytes in, JSON out.

Started by `files.py` as a script, without our packages, environment or settings: what
a hostile file breaks is this process, and what it can reach is its own memory.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 8
MAX_PAGES = 50
MAX_ENTRIES = 2_000  # of a Word file, which is a ZIP archive
MAX_UNPACKED_BYTES = 60 * 1024 * 1024

OLD_WORD = b"\xd0\xcf\x11\xe0"
BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
# Text to a program, not to a reader.
MARKUP = ("{\\rtf", "<!doctype", "<html", "<?xml")
MAX_CONTROL_SHARE = 0.02

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


class Unreadable(Exception):
    """The file cannot be read; the argument names the problem."""


def main() -> None:
    """Read a file from stdin; write what was found, or the problem, to stdout."""
    limit_resources()
    try:
        found = read(sys.stdin.buffer.read(), most_characters=int(sys.argv[1]))
    except Unreadable as problem:
        found = {"problem": str(problem)}
    except (MemoryError, RecursionError):
        found = {"problem": "too_hard"}
    except Exception:
        # Whatever the libraries stumble over is for the person the same: broken.
        found = {"problem": "damaged"}
    json.dump(found, sys.stdout)


def limit_resources() -> None:
    """Cap memory and processor time, and forbid writing files."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # Not every system caps every one; the deadline of `files.py` remains.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def read(content: bytes, *, most_characters: int) -> dict[str, Any]:
    """Return the text and whether something was left out; raises Unreadable.

    The content says what kind of file it is; its name is not asked.
    """
    parts = _reader(content)(content)
    text, is_cut = "", False
    for part in parts:
        text += part
        if len(text) > most_characters:
            text, is_cut = text[:most_characters], True
            break
    if not text.strip():
        raise Unreadable("no_text")
    return {"text": text, "is_cut": is_cut}


def _reader(content: bytes) -> Callable[[bytes], Iterator[str]]:
    if b"%PDF-" in content[:1024]:
        return _pdf
    if content.startswith(b"PK"):
        return _word
    if content.startswith(OLD_WORD):
        raise Unreadable("old_word")
    return _plain


def _pdf(content: bytes) -> Iterator[str]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    reader = PdfReader(io.BytesIO(content))
    try:
        # Many are only locked against changes: those open with an empty password.
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("locked")
        for page in reader.pages[:MAX_PAGES]:
            yield page.extract_text() + "\n"
    except DependencyError:
        raise Unreadable("locked") from None


def _word(content: bytes) -> Iterator[str]:
    _check_archive(content)

    from docx import Document
    from docx.text.paragraph import Paragraph

    document = Document(io.BytesIO(content))
    for element in document.element.body.iter(f"{WORD}p"):
        if next(element.iterancestors(FALLBACK), None) is not None:
            continue  # says once more what a text box says
        text = Paragraph(element, document._body).text
        yield f"{'- ' if text.strip() and _is_listed(element) else ''}{text}\n"


def _is_listed(paragraph: Any) -> bool:
    style = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
    if style is not None and style.get(f"{WORD}val", "").startswith("List"):
        return True
    return paragraph.find(f"{WORD}pPr/{WORD}numPr") is not None


def _check_archive(content: bytes) -> None:
    """Refuse other archives, and those that would unpack to far more than they are."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    if not any(entry.filename == "word/document.xml" for entry in entries):
        raise Unreadable("unknown")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("locked")
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED_BYTES:
        raise Unreadable("too_hard")


def _plain(content: bytes) -> Iterator[str]:
    text = _decoded(content)
    head = text[:4_000]
    controls = sum(char < " " and char not in "\t\n\r\f" for char in head)
    if controls > MAX_CONTROL_SHARE * len(head):
        raise Unreadable("unknown")
    if text.lstrip().lower().startswith(MARKUP):
        raise Unreadable("unknown")
    yield text


def _decoded(content: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding)
    if b"\0" in content:
        raise Unreadable("unknown")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


if __name__ == "__main__":
    main()
