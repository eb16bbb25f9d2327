"""Whether a sentence is about the question at all.

A phrase of the rubric can turn up in any context ("down to 200 percent"). A
sentence that has it, but none of the rubric's other words and nothing of its
meaning, proves less. Told cases are wider than explanations, so they are held to
less.
"""

from __future__ import annotations

import numpy as np

from interviewer.scoring import phrases
from interviewer.scoring.calibration import Topic
from interviewer.scoring.matching import Match
from interviewer.scoring.phrases import Matrix, PhraseTable
from interviewer.scoring.reading import Reading, Unit
from interviewer.scoring.sentences import PAIR

ON_TOPIC = (phrases.QUESTION, phrases.TEXT, phrases.ALIAS, phrases.REFERENCE)
FULL_WEIGHT = 1.0  # generic words are at home everywhere


def relevance(
    *, reading: Reading, table: PhraseTable, match: Match, topic: Topic
) -> Matrix:
    """Return per unit the share of its support that its context lets stand."""
    touched = np.array([_touching(unit, table) for unit in reading.sentences])
    if match.cosine is not None:
        rows = table.rows(*ON_TOPIC)
        touched = touched + match.cosine[: len(touched), rows].max(axis=1)
    share = np.clip((touched - topic.start) / (topic.full - topic.start), 0.0, 1.0)
    kept = topic.floor + (1.0 - topic.floor) * share
    return np.array([_of_unit(unit, kept) for unit in reading.units])


def _touching(unit: Unit, table: PhraseTable) -> float:
    """Return the share of the sentence's telling words that the rubric knows."""
    telling = [word for word in unit.words if word.weight >= FULL_WEIGHT]
    known = sum(word.stem in table.columns for word in telling)
    return known / len(telling) if telling else 0.0


def _of_unit(unit: Unit, kept: Matrix) -> float:
    last = unit.sentence + (unit.kind == PAIR)
    return float(kept[unit.sentence : last + 1].max())
