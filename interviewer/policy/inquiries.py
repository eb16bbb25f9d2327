"""The candidate's questions at the end: what is replied, and what they show.

A reply quotes the job description or says that it is not known; nothing is made up.
What the questions show is a rating of its own and no part of any other score.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections import Counter
from collections.abc import Iterable

from interviewer.reading.job import statements, telling_stems
from interviewer.scoring.words import content_words

MAX_EXCHANGES = 2
INVITATION = (
    "Those were my questions. What would you like to ask me, if there is anything?"
)
ANYTHING_ELSE = "Is there anything else you would like to ask?"
NOT_KNOWN = "I do not know that; please ask your recruiter."

MIN_SHARED = 2  # words that a line and a question share, so that it answers
MIN_SHARE = 0.6  # or this share of all that the question says
MIN_OF_THE_TALK = 2  # words of this interview that a question takes up

_NOTHING = re.compile(
    r"(?:(?:no|nope|none|nothing|nah|skip)(?:,? (?:thanks?|thank you|more|else"
    r"|(?:further )?questions?|i am fine|i'm fine|i'm good|that is all|that's all))*"
    r"|i (?:have|have got|'ve got) (?:no|none|nothing)(?: more| further)?"
    r"(?: questions?)?|(?:that is|that's|that was) (?:all|it)"
    r"|not (?:really|now|at the moment)"
    r"|i(?:'m| am) (?:fine|good))(?:,? thanks?| thank you)?",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:how|what|which|why|who|where|when|tell me|describe|explain)\b", re.IGNORECASE
)
# What makes somebody think: a choice, a danger, a measure, a change.
_DECISION = re.compile(
    r"\b(?:decid\w*|decision\w*|choos\w*|chose|trade[- ]?offs?|priorit\w*|risks?"
    r"|challenge\w*|hard(?:est)?|difficult\w*|problems?|fail\w*|wrong|success\w*|measur\w*"
    r"|expect\w*|change[ds]?|improve\w*|plan(?:s|ned)?|road ?map|next|future|why"
    r"|first (?:\w+ )?(?:weeks?|months?|days?|year)|strateg\w*|goals?|worr\w*)\b",
    re.IGNORECASE,
)
_PAY = re.compile(
    r"\b(?:salar\w*|pay|paid|wage\w*|bonus\w*|compensation|equity|holidays?|vacations?"
    r"|leave|days? off|perks?|benefits?|working hours|overtime|home ?office|remote"
    r"|parking|laptop|discount\w*)\b",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Rating:
    """What one question shows; `points` are out of 5."""

    is_specific: bool
    is_new: bool
    is_open: bool
    is_beyond_pay: bool

    def to_dict(self) -> dict[str, bool]:
        """Return JSON-ready values."""
        return dataclasses.asdict(self)


def declines(text: str) -> bool:
    """Say whether the candidate has nothing to ask."""
    said = " ".join(text.replace("’", "'").split()).strip(" .,!")
    return not said or _NOTHING.fullmatch(said) is not None


def reply(*, question: str, job_description: str) -> str:
    """Return the line of the description that answers, or that it is not known."""
    line = _answering_line(question, job_description)
    if line is None:
        return NOT_KNOWN
    return f"The job description says: “{line}”."


def rate(
    *, question: str, job_description: str, company: str, said: Iterable[str]
) -> Rating:
    """Return what the question shows, by rule.

    said: what was asked and answered in this interview
    """
    stems = telling_stems(question)
    job = telling_stems(f"{job_description}\n{company}")
    talk = frozenset(stem for text in said for stem in telling_stems(text))
    return Rating(
        is_specific=bool(stems & job) or len(stems & talk) >= MIN_OF_THE_TALK,
        is_new=_answering_line(question, job_description) is None,
        is_open=bool(_OPEN.search(question) and _DECISION.search(question)),
        is_beyond_pay=not _is_only_pay(question),
    )


def _answering_line(question: str, job_description: str) -> str | None:
    wanted = telling_stems(question)
    said = {word.stem for word in content_words(text=question)}
    lines = [(line, telling_stems(line)) for line in statements(job_description)]
    counts = Counter(stem for _, stems in lines for stem in stems)
    best, best_weight = None, 0.0
    for line, stems in lines:
        shared = wanted & stems
        if (
            not shared
            or len(shared) < MIN_SHARED
            and len(shared) < MIN_SHARE * len(said)
        ):
            continue
        # Sorted, because the order of a set changes the last digit of a sum.
        weight = sum(math.log(1 + len(lines) / counts[s]) for s in sorted(shared))
        if weight > best_weight:
            best, best_weight = line, weight
    return best


def _is_only_pay(question: str) -> bool:
    rest = telling_stems(_PAY.sub(" ", question))
    return _PAY.search(question) is not None and len(rest) < MIN_SHARED
