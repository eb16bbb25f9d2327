"""Files on the set-up form: read into the boxes beside them, never kept anywhere."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, QueryDict

from interviewer.reading.files import (
    MAX_FILE_BYTES,
    MAX_FILE_MB,
    UnableToRead,
    read_document,
)
from interviewer.web.rate_limits import TooMany, count_file

# The field of the file → the box that its text goes to, and what it is called.
BOXES = {
    "job_description_file": ("job_description", "the job description"),
    "resume_file": ("resume", "the résumé"),
}
NO_FILE = "Choose a file first; then its text can be read."
TOO_MANY_FILES = (
    "Many files were read within the hour. Wait a while, or paste the text into "
    "the box."
)


class InMemoryOnly(FileUploadHandler):
    """Keeps a file in memory while the request lasts, and of a huge one its size."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._kept = io.BytesIO()
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size <= MAX_FILE_BYTES:
            self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        if self._size > MAX_FILE_BYTES:
            self._kept = io.BytesIO()
        self._kept.seek(0)
        return InMemoryUploadedFile(
            file=self._kept,
            field_name=self.field_name,
            name=self.file_name or "file",
            content_type=self.content_type or "",
            size=self._size,
            charset=self.charset,
        )


class DocumentField(forms.FileField):
    """A file to be read into the box of the same name; none is ever required."""

    widget = forms.FileInput(attrs={"accept": ".pdf,.docx,.txt,.md"})

    def __init__(self, *, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            help_text=f"PDF, Word (.docx) or plain text, up to {MAX_FILE_MB} MB. Its "
            "text replaces what the box above holds, for you to check and correct. The "
            "file itself is not kept.",
        )


@dataclasses.dataclass(frozen=True, slots=True)
class ReadFiles:
    """The form with the files' text in its boxes, and what is to be said about it."""

    typed: QueryDict
    notes: Sequence[str]
    problems: Mapping[str, str]  # field of a file → what to do


def wants_files_read(request: HttpRequest) -> bool:
    """Say whether the form came with a file to read, or to have one read."""
    is_asked = request.POST.get("fill") == "files"
    return is_asked or any(name in request.FILES for name in BOXES)


def read_files(request: HttpRequest) -> ReadFiles:
    """Return the form as if the text of its files had been typed.

    A file that gives none changes nothing.
    """
    typed = request.POST.copy()
    notes: list[str] = []
    problems: dict[str, str] = {}
    if not any(name in request.FILES for name in BOXES):
        problems["job_description_file"] = NO_FILE
    for name, (box, words) in BOXES.items():
        file = request.FILES.get(name)
        if file is None:
            continue
        try:
            count_file(request)
            typed[box], note = _text_of(file, words)
            notes.append(note)
        except UnableToRead as error:
            problems[name] = str(error)
        except TooMany:
            problems[name] = TOO_MANY_FILES
    return ReadFiles(typed=typed, notes=notes, problems=problems)


def _text_of(file: UploadedFile[bytes], words: str) -> tuple[str, str]:
    """Return the file's text, and a sentence that asks to check it."""
    if (file.size or 0) > MAX_FILE_BYTES:
        raise UnableToRead("too_large")
    document = read_document(
        content=file.read(), most_characters=settings.DOCUMENT_MAX_CHARACTERS
    )
    count = len(document.text.split())
    note = f"Read {count} words of {words} from “{file.name}”. Check them below."
    if document.is_cut:
        note += f" It is long: the first {settings.DOCUMENT_MAX_CHARACTERS} characters"
        note += " are there, the rest was left out."
    return document.text, note
