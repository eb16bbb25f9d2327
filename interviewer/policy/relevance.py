"""How well a question fits the words of a job description or a résumé."""

from __future__ import annotations

import dataclasses
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from interviewer.bank.model import BankQuestion
from interviewer.reading.job import Requirement, telling_stems

# What makes a line worth a question, unless it names the question's skill.
MIN_QUESTION_STEMS = 2
MIN_RUBRIC_STEMS = 3
OPTIONAL_SHARE = 0.6  # of the worth of what is only nice to have
TELLING_SHARE = 0.2  # a skill name found in more of the questions tells none apart

_TAG_MARKS = re.compile(r"[._-]")


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

    def best_line(self, question: BankQuestion, lines: Iterable[Requirement]) -> Match:
        """Return the first line that this question serves best, or an empty match."""
        best = Match()
        for line in lines:
            weight = self._weight(self._documents[question.id], line.stems)
            if line.is_optional:
                weight *= OPTIONAL_SHARE
            if weight > best.weight:
                best = Match(line.text, weight)
        return best

    def skills(self, question: BankQuestion) -> frozenset[str]:
        """Return the stems of the question's skill names that tell it apart."""
        return self._documents[question.id].skills & self._telling

    def claim(self, question: BankQuestion, stems: frozenset[str]) -> float:
        """Return how much of the question's skill names these stems contain."""
        return self._sum(self.skills(question) & stems)

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
