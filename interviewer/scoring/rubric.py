"""A question's rubric prepared for matching.

Preparing costs more than scoring an answer and depends on the question alone, not on
its graded answers, so it is kept per digest and encoder, in this process only.
"""

from __future__ import annotations

import collections
import dataclasses
import threading
from collections.abc import Iterator

import numpy as np

from interviewer.bank.model import BankQuestion
from interviewer.scoring import phrases
from interviewer.scoring.encoder import LEXICAL, Encoder
from interviewer.scoring.matching import match
from interviewer.scoring.phrases import Phrase, PhraseTable, make_phrase, make_table
from interviewer.scoring.reading import read_answer
from interviewer.scoring.reference import Reference, prepare_reference
from interviewer.scoring.sentences import split_clauses, split_sentences
from interviewer.scoring.words import find_words

BEHAVIOURAL = "behavioural"
KEPT_RUBRICS = 320  # the whole bank, with some questions of people's own
MIN_ALIGNMENT = 0.25  # below it, no clause of the model answer covers the point
SUPPORTING = (phrases.TEXT, phrases.PART, phrases.ALIAS, phrases.REFERENCE)


@dataclasses.dataclass(frozen=True)
class Rubric:
    """A question with all wordings that its points may be recognized by."""

    question: BankQuestion
    table: PhraseTable
    reference: Reference | None = None  # None by words alone, or without one

    @property
    def is_model_led(self) -> bool:
        """Say whether the feature model decides, not the points.

        It does where a model answer is all there is: its clauses do not say in what
        other words they may be met. It knows explanations, not told cases.
        """
        question = self.question
        is_told = question.type == BEHAVIOURAL
        has_wordings = question.knows_wordings
        return self.reference is not None and not is_told and not has_wordings

    def rows(self, point: int, *kinds: str) -> list[int]:
        """Return the table rows of one point's wordings of these kinds."""
        return [
            row
            for row in self.table.rows(*kinds)
            if self.table.phrases[row].point == point
        ]


_kept: collections.OrderedDict[tuple[str, str], Rubric] = collections.OrderedDict()
_lock = threading.Lock()


def prepare(*, question: BankQuestion, encoder: Encoder | None) -> Rubric:
    """Return the question's rubric, prepared on first use in this process."""
    key = (question.rubric_digest, encoder.name if encoder else LEXICAL)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            kept = _kept[key]
            if kept.question is question:
                return kept
            # It may have other graded answers than the question it was made for.
            return dataclasses.replace(kept, question=question)
    rubric = _prepare(question, encoder)
    with _lock:
        _kept[key] = rubric
        while len(_kept) > KEPT_RUBRICS:
            _kept.popitem(last=False)
    return rubric


def _prepare(question: BankQuestion, encoder: Encoder | None) -> Rubric:
    written = list(_written(question))
    table = make_table(phrases=written, question=question.question, encoder=encoder)
    found = list(_in_reference(Rubric(question, table), encoder))
    table = make_table(
        phrases=[*written, *found], question=question.question, encoder=encoder
    )
    reference = None
    if encoder is not None and find_words(text=question.reference):
        reference = prepare_reference(
            question=question.question,
            reference=question.reference,
            encoder=encoder,
        )
    return Rubric(question, table, reference)


def _written(question: BankQuestion) -> Iterator[Phrase]:
    """Yield the wordings that the rubric's author wrote."""
    yield make_phrase(text=question.question, kind=phrases.QUESTION, point=-1)
    for sentence in split_sentences(text=question.reference):
        text = sentence.of(question.reference)
        yield make_phrase(text=text, kind=phrases.STATEMENT, point=-1)
    for index, point in enumerate(question.points):
        texts = [(phrases.TEXT, point.text)]
        texts += [(phrases.PART, part) for part in _clauses(point.text)]
        texts += [(phrases.ALIAS, alias) for alias in point.aliases]
        texts += [(phrases.CONTRADICTS, text) for text in point.contradicts]
        for kind, text in texts:
            yield make_phrase(text=text, kind=kind, point=index)


def _clauses(text: str) -> Iterator[str]:
    for sentence in split_sentences(text=text):
        for clause in split_clauses(text=text, sentence=sentence):
            yield clause.of(text)


def _in_reference(rubric: Rubric, encoder: Encoder | None) -> Iterator[Phrase]:
    """Yield for each point the words by which the model answer covers it.

    The model answer earns full marks by definition, so its wording of a point is
    as good as the point's own text.
    """
    reference = rubric.question.reference
    if not reference:
        return  # a question of one's own has no model answer
    reading = read_answer(text=reference, ignored=(), encoder=encoder)
    if not reading.units:
        return
    support = match(reading=reading, table=rubric.table).support
    for point in range(len(rubric.question.points)):
        best = support[:, rubric.rows(point, *SUPPORTING)].max(axis=1)
        unit = reading.units[int(np.argmax(best))]
        if best.max() >= MIN_ALIGNMENT:
            yield make_phrase(
                text=reference[unit.start : unit.end],
                kind=phrases.REFERENCE,
                point=point,
            )
