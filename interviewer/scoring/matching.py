"""Hold every unit of an answer against every wording of a rubric."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from interviewer.scoring import lexical, phrases
from interviewer.scoring.calibration import (
    FULL_CONTENT,
    LOOSE_ALIAS,
    PART_OF_POINT,
    WITH_ENCODER,
    WORDS_ONLY,
)
from interviewer.scoring.copies import turned_sentences
from interviewer.scoring.phrases import Matrix, PhraseTable
from interviewer.scoring.reading import Reading, Unit
from interviewer.scoring.sentences import PAIR
from interviewer.scoring.vocabulary import AVOIDING_STEMS

Flags = npt.NDArray[np.bool_]

KIND_FACTORS = {phrases.ALIAS: LOOSE_ALIAS, phrases.PART: PART_OF_POINT}


@dataclasses.dataclass(frozen=True)
class Match:
    """Unit × phrase matrices of how well each wording is said where."""

    recall: Matrix  # share of the wording's words that are said
    opposed: Matrix  # share of those said whose negation differs
    cosine: Matrix | None
    turned: Flags  # per unit: repeats a statement turned around
    exact: Flags  # an alias or wrong statement word by word
    words_support: Matrix  # from 0 to 1, by words alone
    support: Matrix  # by words and vectors, negation not yet considered


def match(*, reading: Reading, table: PhraseTable) -> Match:
    """Return how well each unit says each phrase."""
    said, negated = lexical.presence(
        units=reading.units, table=table, words=reading.words
    )
    recall = said @ table.weights.T
    # Half of an alias is another phrase, half of a point is half of the point.
    aliases = table.rows(phrases.ALIAS)
    counted = recall.copy()
    counted[:, aliases] **= 2
    opposed: Matrix = _opposed(reading, said, negated, table)
    opposed /= np.where(recall > 0, recall, 1.0)
    turned = _turned(reading, table)
    opposed[turned] = 1.0
    exact = _said_exactly(reading, table)
    worth = _worth(table)
    words = WORDS_ONLY.word_share * worth * counted
    words_support = np.where(exact, 1.0, words)
    cosine, support = None, words_support
    if reading.vectors is not None and table.vectors is not None:
        # Rounded: the last bits of a float32 product depend on the batch.
        cosine = np.round((reading.vectors @ table.vectors.T).astype(float), 5)
        support = np.where(exact, 1.0, _mixed(counted, cosine, worth))
    return Match(recall, opposed, cosine, turned, exact, words_support, support)


def _opposed(
    reading: Reading, said: Matrix, negated: Matrix, table: PhraseTable
) -> Matrix:
    """Return the weight of the words said on which unit and phrase are at odds.

    Two statements that both negate something agree ("no base case", "the base case
    is not included"); so may two of which one avoids something.
    """
    of_unit = (said * negated) @ table.weights.T
    of_phrase = said @ (table.weights * table.negated).T
    around = [_denies(sentence) for sentence in reading.sentences]
    denies: Flags = np.array([[around[unit.sentence]] for unit in reading.units])
    phrase_denies: Flags = np.array([[bool(p.negated) for p in table.phrases]])
    opposed: Matrix = np.where(phrase_denies, np.where(denies, 0.0, of_phrase), of_unit)
    for row, phrase in enumerate(table.phrases):
        is_claim = phrase.kind != phrases.CONTRADICTS
        if is_claim and AVOIDING_STEMS.intersection(phrase.stems):
            opposed[:, row] = 0.0
    return opposed


def _turned(reading: Reading, table: PhraseTable) -> Flags:
    sentences = turned_sentences(reading=reading, table=table)
    return np.array(
        [
            unit.sentence in sentences
            or (unit.kind == PAIR and unit.sentence + 1 in sentences)
            for unit in reading.units
        ]
    )


def _denies(unit: Unit) -> bool:
    return bool(unit.negated) or any(w.stem in AVOIDING_STEMS for w in unit.words)


def _said_exactly(reading: Reading, table: PhraseTable) -> Flags:
    """Return unit × phrase: said word by word, in order."""
    exact = np.zeros((len(reading.units), len(table.phrases)), dtype=bool)
    credits = lexical.spelling_credits(words=reading.words, table=table)
    spelt = {stem: table.stems[column] for stem, (column, _) in credits.items()}
    wanted = {
        row: table.phrases[row].stems
        for row in table.rows(phrases.ALIAS, phrases.CONTRADICTS)
    }
    for index, unit in enumerate(reading.units):
        stems = [spelt.get(word.stem, word.stem) for word in unit.words]
        said = set(stems)
        for row, phrase in wanted.items():
            # Most wordings are not in most units; order is looked at last.
            exact[index, row] = said.issuperset(phrase) and lexical.said_in_order(
                wanted=phrase, stems=stems
            )
    return exact


def _worth(table: PhraseTable) -> Matrix:
    """Return per phrase what saying it loosely proves: less for small wordings."""
    small = np.minimum(1.0, table.content / FULL_CONTENT)
    return np.array(
        [
            KIND_FACTORS[phrase.kind] * small[row]
            if phrase.kind in KIND_FACTORS
            else 1.0
            for row, phrase in enumerate(table.phrases)
        ]
    )


def _mixed(recall: Matrix, cosine: Matrix, worth: Matrix) -> Matrix:
    """Return what words and vectors prove; either suffices, both prove more."""
    mix = WITH_ENCODER
    span = mix.cosine_ceiling - mix.cosine_floor
    vectors = np.clip((cosine - mix.cosine_floor) / span, 0.0, 1.0)
    by_words = mix.word_share * worth * recall
    by_vectors = mix.vector_share * worth * vectors
    return 1.0 - (1.0 - by_words) * (1.0 - by_vectors)
