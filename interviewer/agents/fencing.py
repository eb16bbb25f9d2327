"""Other people's text as data: fenced, so that it cannot speak for the product.

A fence is `<tag>` and `</tag>` on lines of their own. Inside, a `<` that could open
or close a tag becomes `‹`, one character for one, so that quotes can be found again.
"""

from __future__ import annotations

import re
import unicodedata

CANARY = "sable-otter-4417"  # stands in every prompt; in a reply it betrays one
LEAK_WORDS = 12  # so many words in a row are no coincidence

_TAG = re.compile(r"[<＜﹤](?=\s*[/\\!?\w])")
_WORD = re.compile(r"\w+")


def fence(*, tag: str, text: str) -> str:
    """Return the text between its delimiters; nothing in it can close them."""
    return f"<{tag}>\n{_TAG.sub('‹', neutral(text=text))}\n</{tag}>"


def neutral(*, text: str) -> str:
    """Return the text without characters that hide or steer other characters."""
    kept = []
    for character in text.replace("\r\n", "\n"):
        category = unicodedata.category(character)
        if character in "\n\t" or category not in ("Cc", "Cf", "Cs", "Co"):
            kept.append(character)
        elif category in ("Cc", "Cs"):
            kept.append(" ")
    return "".join(kept)


def leaks_prompt(*, words: str, system_text: str) -> bool:
    """Return whether words repeat a part of the prompt, or its canary."""
    said, secret = _words(words), _words(system_text)
    if _contains(said, _words(CANARY)):
        return True
    runs = {tuple(secret[i : i + LEAK_WORDS]) for i in _starts(secret)}
    return any(tuple(said[i : i + LEAK_WORDS]) in runs for i in _starts(said))


def _starts(words: list[str]) -> range:
    return range(len(words) - LEAK_WORDS + 1)


def _contains(words: list[str], run: list[str]) -> bool:
    starts = range(len(words) - len(run) + 1)
    return any(words[i : i + len(run)] == run for i in starts)


def _words(text: str) -> list[str]:
    return _WORD.findall(neutral(text=unicodedata.normalize("NFKC", text)).casefold())
