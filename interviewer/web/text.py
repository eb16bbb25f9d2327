"""Checking text that people type, before it meets a database."""

from __future__ import annotations

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import normalize_newlines


class PlainTextField(forms.CharField):
    """Text kept as typed, except that line ends become LF.

    Refuses what no database or reader can hold (NUL, lone surrogates) and, when
    required, text that shows nothing (blank or only zero-width characters).
    Lengths are in code points.
    """

    default_error_messages = {
        "required": "Please write something here.",
        "unreadable": "This text holds characters that cannot be stored. "
        "Please remove them and send it again.",
        "max_length": "Please shorten this text: it has %(show_value)d characters, "
        "%(limit_value)d are the limit.",
    }

    def __init__(self, *, max_length: int, **options: object) -> None:
        super().__init__(strip=False, **options)  # type: ignore[arg-type]
        self.limit = max_length

    def to_python(self, value: object) -> str:
        text = str(normalize_newlines(str(value))) if value is not None else ""
        return text if _shows_something(text) else ""

    def validate(self, value: str) -> None:
        super().validate(value)
        if any(0xD800 <= ord(char) <= 0xDFFF or char == "\0" for char in value):
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        if len(value) > self.limit:
            raise ValidationError(
                self.error_messages["max_length"],
                code="max_length",
                params={"show_value": len(value), "limit_value": self.limit},
            )


def _shows_something(text: str) -> bool:
    # Zs, Zl, Zp: spaces; Cc, Cf: controls and zero-width marks.
    return any(unicodedata.category(char)[0] not in "ZC" for char in text)
