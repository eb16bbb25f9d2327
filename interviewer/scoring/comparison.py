"""An answer laid beside a rubric: what gate, coverage and arithmetic all look at."""

from __future__ import annotations

import dataclasses

from interviewer.bank.model import BankQuestion
from interviewer.scoring.coverage import Coverage, cover_points
from interviewer.scoring.encoder import Encoder
from interviewer.scoring.instructions import find_instructions
from interviewer.scoring.matching import Match, match
from interviewer.scoring.reading import Reading, read_answer
from interviewer.scoring.rubric import Rubric, prepare


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The answer as read, the rubric as prepared, and how they meet."""

    rubric: Rubric
    reading: Reading
    ignored: tuple[tuple[int, int], ...]  # instruction-like spans left out
    match: Match | None  # None when there is nothing to read
    coverages: tuple[Coverage, ...]  # one per rubric point

    @property
    def question(self) -> BankQuestion:
        return self.rubric.question


def compare(
    *, question: BankQuestion, answer: str, encoder: Encoder | None
) -> Comparison:
    """Return the comparison of an answer with its question's rubric."""
    rubric = prepare(question=question, encoder=encoder)
    ignored = find_instructions(text=answer)
    reading = read_answer(text=answer, ignored=ignored, encoder=encoder)
    if not reading.units:
        return Comparison(rubric, reading, ignored, None, ())
    matched = match(reading=reading, table=rubric.table)
    coverages = cover_points(rubric=rubric, reading=reading, match=matched)
    return Comparison(rubric, reading, ignored, matched, coverages)
