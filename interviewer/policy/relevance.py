"""How well a question fits the words of a job description or a résumé."""

from __future__ import annotations

import dataclasses
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from interviewer.bank.model import BankQuestion
from interviewer.scoring.words import content_words

MAX_CHARACTERS = 20_000
MAX_LINES = 200
MAX_REQUIREMENT_CHARACTERS = 160
# What makes a line worth a question, unless it names the question's skill.
MIN_QUESTION_STEMS = 2
MIN_RUBRIC_STEMS = 3
TELLING_SHARE = 0.2  # a skill name found in more of the questions tells none apart
LIST_COMMAS = 2  # a line with as many is a list of requirements

# Words of every job advertisement say nothing about which question serves it.
_BOILERPLATE = """
    ability able about across advantage apply background benefit best bonus build
    candidate career collaborate comfortable company competitive contribute create
    culture daily day degree deliver develop drive engineer engineering environment
    equivalent etc excellent experience exposure familiar familiarity fast field
    good great grow growing growth hand help high hire ideal impact improve
    improvement including industry interest involve job join knowledge lead level
    like look love maintain member minimum modern must need new nice offer office
    opportunity pace part passion people plus position practice preferred product
    professional proficiency proven provide qualification quality related relevant
    remote required requirement responsibility responsible role salary senior
    similar skill software solid solution someone stack startup strong success
    support system take team technical technology thing tool understand
    understanding use using value want way well work working world year years"""

_TAG_MARKS = re.compile(r"[._-]")
_LINE_BREAK = re.compile(r"[\r\n\u2028\u2029;]+|(?<=[.!?])\s+(?=[A-Z])")
_HEADING = re.compile(r"^[^,:]{1,30}:\s")  # "Requirements: Python, Kafka, …"
_MARGIN = " \t.-–—*•●▪·"


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in content_words(text=text))


_BOILERPLATE_STEMS = _stems(_BOILERPLATE)


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """The line that a question serves best, and how much they share."""

    line: str = ""
    weight: float = 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class _Document:
    skills: frozenset[str]
    question: frozenset[str]
    rubric: frozenset[str]

    @property
    def stems(self) -> frozenset[str]:
        return self.skills | self.question | self.rubric


class Relevance:
    """The vocabulary of some questions, weighted by how few of them use a word."""

    def __init__(self, questions: Sequence[BankQuestion]) -> None:
        self._documents = {question.id: _document(question) for question in questions}
        counts = Counter(
            stem for document in self._documents.values() for stem in document.stems
        )
        total = len(questions)
        self._idf = {stem: math.log(1 + total / n) for stem, n in counts.items()}
        tags = Counter(
            s for document in self._documents.values() for s in document.skills
        )
        often = max(1.0, TELLING_SHARE * total)
        self._telling = frozenset(stem for stem, n in tags.items() if n <= often)

    def best_line(self, question: BankQuestion, lines: Iterable[Line]) -> Match:
        """Return the first line that this question serves best, or an empty match."""
        best = Match()
        for line in lines:
            weight = self._weight(self._documents[question.id], line.stems)
            if weight > best.weight:
                best = Match(line.text, weight)
        return best

    def claim(self, question: BankQuestion, stems: frozenset[str]) -> float:
        """Return how much of the question's skill names these stems contain."""
        return self._sum(self._documents[question.id].skills & stems & self._telling)

    def _weight(self, document: _Document, stems: frozenset[str]) -> float:
        shared = document.stems & stems
        named = document.skills & stems & self._telling
        asked = document.question & stems
        is_served = (
            named or len(asked) >= MIN_QUESTION_STEMS or len(shared) >= MIN_RUBRIC_STEMS
        )
        if not is_served:
            return 0.0
        return self._sum(shared) + self._sum(asked) + 2 * self._sum(named)

    def _sum(self, stems: Iterable[str]) -> float:
        # Sorted, because the order of a set changes the last digit of a sum.
        return sum(self._idf[stem] for stem in sorted(stems))


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A line of a job description, with the stems that say something."""

    text: str
    stems: frozenset[str]


def read_lines(text: str) -> tuple[Line, ...]:
    """Return the lines of a pasted text that name something specific."""
    parts = (
        part.strip(_MARGIN).removeprefix("and ")
        for line in _LINE_BREAK.split(text[:MAX_CHARACTERS])
        for part in _phrases(line)
    )
    lines = (Line(_short(part), telling_stems(part)) for part in parts)
    return tuple(islice((line for line in lines if line.stems), MAX_LINES))


def _phrases(line: str) -> list[str]:
    if line.count(",") < LIST_COMMAS:
        return [line]
    return _HEADING.sub("", line).split(",")


def telling_stems(text: str) -> frozenset[str]:
    """Return the stems of a text without those of every advertisement."""
    return _stems(text[:MAX_CHARACTERS]) - _BOILERPLATE_STEMS


def _document(question: BankQuestion) -> _Document:
    skills = _TAG_MARKS.sub(" ", " ".join(question.skills))
    if question.type == "behavioural":
        # Its words are those of any story; only its skill says whom it serves.
        return _Document(telling_stems(skills), frozenset(), frozenset())
    rubric = (
        text for point in question.points for text in (point.text, *point.aliases)
    )
    return _Document(
        skills=telling_stems(skills),
        question=telling_stems(question.question),
        rubric=telling_stems(" ".join(rubric)),
    )


def _short(line: str) -> str:
    if len(line) <= MAX_REQUIREMENT_CHARACTERS:
        return line
    return line[:MAX_REQUIREMENT_CHARACTERS].rsplit(" ", 1)[0] + " …"
