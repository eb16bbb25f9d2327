"""Count the two small language tables of the scorer from the project's own bank.

`python -m interviewer.benchmarks.fit_scoring` rewrites
`interviewer/scoring/letter_weights.py` and `word_order_weights.py`; the same bank
gives the same files.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import interviewer.scoring
from interviewer.bank.loader import load_bank
from interviewer.bank.model import BankQuestion
from interviewer.scoring.letters import (
    END,
    LETTERS,
    MIN_LETTERS,
    START,
    plain_letters,
)
from interviewer.scoring.sentences import split_sentences
from interviewer.scoring.word_order import CLASS_NAMES, class_of, pairs_of
from interviewer.scoring.words import find_words

DIRECTORY = Path(interviewer.scoring.__file__).parent
ORDER_PRIOR = 2.0  # pairs of classes imagined beside those counted
LETTER_PRIOR = 0.5
NUMBERS_PER_LINE = 13


def texts_of(question: BankQuestion) -> tuple[str, ...]:
    """Return the sentences that people wrote for a question."""
    answers = (exemplar.text for exemplar in question.exemplars)
    return (question.question, question.reference, *answers)


def order_weights(*, texts: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Return class → hundredths of the log ratio to chance of each class after it."""
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        for sentence in split_sentences(text=text):
            words = find_words(text=sentence.of(text))
            pairs.update(pairs_of([class_of(word.lower) for word in words]))
    before, after = _margins(pairs)
    total = max(pairs.total(), 1)

    def log_ratio(first: str, second: str) -> float:
        expected = before[first] * after[second] / total
        found = pairs[first, second] + ORDER_PRIOR
        return math.log(found / (expected + ORDER_PRIOR))

    return {
        first: tuple(round(100 * log_ratio(first, second)) for second in CLASS_NAMES)
        for first in CLASS_NAMES
    }


def letter_weights(*, texts: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Return letter → hundredths of the log odds of each letter after it.

    Every word is counted once, so that "the" does not outweigh the rest.
    """
    words = {
        plain_letters(word.lower) for text in texts for word in find_words(text=text)
    }
    pairs: Counter[tuple[str, str]] = Counter()
    for word in sorted(words):
        if len(word) >= MIN_LETTERS:
            spelt = START + word + END
            pairs.update(zip(spelt, spelt[1:], strict=False))
    before, _ = _margins(pairs)
    size = len(LETTERS) + 1

    def log_odds(first: str, second: str) -> float:
        found = pairs[first, second] + LETTER_PRIOR
        return math.log(found / (before[first] + LETTER_PRIOR * size))

    return {
        first: tuple(round(100 * log_odds(first, second)) for second in LETTERS + END)
        for first in START + LETTERS
    }


def _margins(pairs: Counter[tuple[str, str]]) -> tuple[Counter[str], Counter[str]]:
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for (first, second), count in pairs.items():
        before[first] += count
        after[second] += count
    return before, after


def _module(docstring: str, weights: Mapping[str, Sequence[int]]) -> Iterator[str]:
    yield f'"""{docstring}\n'
    yield "Written by `python -m interviewer.benchmarks.fit_scoring` from the bank."
    yield '"""\n'
    yield "# fmt: off\nWEIGHTS: dict[str, tuple[int, ...]] = {"
    for name, row in weights.items():
        yield f'    "{name}": ('
        for start in range(0, len(row), NUMBERS_PER_LINE):
            numbers = row[start : start + NUMBERS_PER_LINE]
            yield "        " + " ".join(f"{number}," for number in numbers)
        yield "    ),"
    yield "}"


def main() -> None:
    """Rewrite both modules."""
    texts = [text for q in load_bank().questions for text in texts_of(q)]
    for name, docstring, weights in (
        (
            "letter_weights",
            "Log odds of one letter after another, in hundredths (a–z, end).",
            letter_weights(texts=texts),
        ),
        (
            "word_order_weights",
            "Log ratio to chance of one word class after another, in hundredths.",
            order_weights(texts=texts),
        ),
    ):
        path = DIRECTORY / f"{name}.py"
        path.write_text("\n".join(_module(docstring, weights)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
