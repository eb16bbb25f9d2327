"""What a résumé claims, line by line; deeds, tools and figures weigh most.

Only claims are read, never persons: name, address, age and photo play no part in what
is asked, and nothing here is scored.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from interviewer.reading.job import MAX_CHARACTERS, telling_stems
from interviewer.reading.technologies import TECHNOLOGY

MAX_CLAIMS = 100
MAX_CLAIM_CHARACTERS = 200

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_PART = re.compile(r"(?:(?!;|(?<=[.!?])\s+(?=[A-Z])).)+")
_MARGIN = " \t.-–—*•●▪·‣◦"
_DATES = re.compile(
    r"^(?:[A-Za-z]{3,9}\.? )?(?:19|20)\d\d\s*(?:[-–—]|to|until)?\s*"
    r"(?:(?:[A-Za-z]{3,9}\.? )?(?:19|20)\d\d|now|today|present|current)?[\s:,|·]*",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"@|https?:|www\.|\+?\d[\d ()/-]{7,}\d")
_FIGURE = re.compile(
    r"(?<![\w.])\d[\d,.]*\s*(?:%|percent|ms|s\b|sec|min|hours?|days?|weeks?|k\b|m\b"
    r"|million|thousand|users?|customers?|people|engineers?|requests?|rows?|gb|tb|x\b)"
    r"|\bfrom \d[\d,.]* to \d",
    re.IGNORECASE,
)
_DEED = re.compile(
    r"\b(?:built|led|owned|designed|introduced|migrated|reduced|increased|improved"
    r"|launched|wrote|created|developed|implemented|automated|managed|mentored|cut"
    r"|scaled|rewrote|replaced|shipped|maintained|ran|set up|halved|doubled"
    r"|integrated|deployed|optimi[sz]ed|refactored|trained|analy[sz]ed|founded)\b",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """Something that the résumé says was done or is known; its place and weight."""

    text: str
    start: int  # of `text` in the résumé
    stems: frozenset[str]
    weight: int  # 0–3: names a deed, a tool, a figure


def read_resume(text: str) -> tuple[Claim, ...]:
    """Return the claims of a résumé in its order; equal texts give equal claims."""
    return tuple(islice(_claims(text[:MAX_CHARACTERS]), MAX_CLAIMS))


def claim_about(stems: frozenset[str], claims: Sequence[Claim]) -> Claim | None:
    """Return the claim that says most about these words, the weightier of equals."""
    about = [claim for claim in claims if claim.stems & stems]
    return max(
        about, key=lambda claim: (len(claim.stems & stems), claim.weight), default=None
    )


def _claims(text: str) -> Iterator[Claim]:
    for line in _LINE.finditer(text):
        for part in _PART.finditer(line.group()):
            claim = _claim(part.group(), line.start() + part.start())
            if claim is not None:
                yield claim


def _claim(part: str, start: int) -> Claim | None:
    words = part.strip(_MARGIN)
    words = words[_end_of_dates(words) :].strip(_MARGIN)[:MAX_CLAIM_CHARACTERS]
    weight = sum(bool(rule.search(words)) for rule in (_FIGURE, TECHNOLOGY, _DEED))
    stems = telling_stems(words)
    if not stems or _CONTACT.search(words):
        return None
    return Claim(words, start + part.index(words), stems, weight)


def _end_of_dates(words: str) -> int:
    dates = _DATES.match(words)
    return dates.end() if dates else 0
