"""What is not scored, and the one sentence that says why.

An answer that is gated gets no number at all: it says nothing about what a person
knows. In doubt an answer passes and the rubric decides.
"""

from __future__ import annotations

import re
from collections import Counter

from interviewer.bank.model import BankQuestion
from interviewer.scoring import phrases, result
from interviewer.scoring.calibration import (
    ALL_ECHO_SHARE,
    FAR_OFF_TOPIC_COSINE,
    HIT_CREDIT_FROM,
    MAX_ECHO_SHARE,
    MAX_FURTHER_WORDS,
    MAX_TOKEN_SHARE,
    MIN_CONTENT_WORDS,
    MIN_COPIED_SHARE,
    MIN_COUNTED_WORDS,
    MIN_OFF_TOPIC_WORDS,
    MIN_PLAUSIBILITY,
    OFF_TOPIC_COSINE,
    OFF_TOPIC_SHARE,
)
from interviewer.scoring.comparison import Comparison, compare
from interviewer.scoring.encoder import Encoder
from interviewer.scoring.letters import plausibility
from interviewer.scoring.result import GateOutcome
from interviewer.scoring.words import content_words, find_words

REASONS = {
    result.EMPTY: "There are too few words here to judge; a sentence or two is enough.",
    result.REFUSAL: "You chose not to answer this one, so it is not scored.",
    result.DONT_KNOW: "You said that you do not know this, so it is not scored.",
    result.ECHO: (
        "This mostly repeats the question, so there is nothing to score yet."
    ),
    result.GIBBERISH: "This does not read as words of an answer, so it is not scored.",
    result.OFF_TOPIC: "I could not connect this to the question, so it is not scored.",
    result.INSTRUCTION: (
        "This speaks to the system instead of answering, so there is nothing to score."
    ),
}
IGNORED_REASON = "A part that speaks to the system instead of answering was left out."

_NOT = r"(?:do not|don't|don’t|dont|did not|didn't|didn’t)"
_REFUSAL = re.compile(
    r"\b(?:i(?:'d|’d| would) (?:rather|prefer) not|i(?:'d|’d| would) rather skip"
    r"|i prefer not to|i (?:refuse|decline) to|no comment|i(?:'ll|’ll| will) pass"
    rf"|i {_NOT} (?:want|wish|like) to (?:answer|talk|discuss|say|share))\b"
    r"|^\W*(?:pass|i pass|skip|skip this(?: one)?|next(?: question)?"
    r"|no answer|not answered|no submission|n/?a)\W*$",
    re.IGNORECASE,
)
_DONT_KNOW = re.compile(
    rf"\b{_NOT} (?:really |honestly |even |actually )*"
    r"(?:know|remember|recall|have (?:any |an |a )?(?:idea|clue|answer|experience))\b"
    r"|\b(?:no|not a|haven't a|have no) (?:idea|clue)\b|\bidk\b|\bdunno\b|\bbeats me\b"
    r"|\bnever (?:really |actually )?(?:used|heard|worked with|done|seen|learned"
    r"|came across|come across|touched|tried)\b"
    r"|\b(?:can't|can’t|cannot|can not|couldn't) (?:answer|think of|remember|say)\b"
    r"|\b(?:not|no longer) (?:sure|familiar|certain)\b|\bno experience\b"
    r"|\bhave(?:n't|n’t| not) (?:used|heard|worked|learned|seen|done)\b",
    re.IGNORECASE,
)


def check_answer(
    *, question: BankQuestion, answer: str, encoder: Encoder | None
) -> GateOutcome:
    """Return whether an answer can be scored and, if not, why."""
    return check(comparison=compare(question=question, answer=answer, encoder=encoder))


def check(*, comparison: Comparison) -> GateOutcome:
    """Return the first reason against scoring, or that the answer passes."""
    outcome = _outcome(comparison)
    if outcome == result.PASSED:
        reason = IGNORED_REASON if comparison.ignored else ""
        return GateOutcome(outcome, reason, comparison.ignored)
    return GateOutcome(outcome, REASONS[outcome], comparison.ignored)


def _outcome(comparison: Comparison) -> str:
    if not comparison.reading.words:
        return result.INSTRUCTION if comparison.ignored else result.EMPTY
    checks = (
        (result.REFUSAL, _is_refusal),
        (result.DONT_KNOW, _is_unknown),
        (result.EMPTY, _is_empty),
        (result.ECHO, _is_echo),
        (result.GIBBERISH, _is_gibberish),
        (result.OFF_TOPIC, _is_off_topic),
    )
    for outcome, applies in checks:
        if applies(comparison):
            is_rest = comparison.ignored and outcome == result.EMPTY
            return result.INSTRUCTION if is_rest else outcome
    return result.PASSED


def _is_refusal(comparison: Comparison) -> bool:
    return _says_little_beside(_REFUSAL, comparison)


def _is_unknown(comparison: Comparison) -> bool:
    return _says_little_beside(_DONT_KNOW, comparison)


def _says_little_beside(pattern: re.Pattern[str], comparison: Comparison) -> bool:
    """Return whether the pattern occurs with little else, and no point is covered."""
    text = comparison.reading.text
    if not pattern.search(text) or _covers_a_point(comparison):
        return False
    return len(content_words(text=pattern.sub(" ", text))) < MAX_FURTHER_WORDS


def _covers_a_point(comparison: Comparison) -> bool:
    return any(
        coverage.credit >= HIT_CREDIT_FROM and not coverage.contradiction
        for coverage in comparison.coverages
    )


def _is_empty(comparison: Comparison) -> bool:
    words = comparison.reading.words
    content = sum(word.is_content for word in words)
    if content >= MIN_CONTENT_WORDS or comparison.rubric.is_model_led:
        return False  # "in main" can be a whole answer; the model knows short ones
    return len(words) < 2 or not _covers_a_point(comparison)


def _is_echo(comparison: Comparison) -> bool:
    """Return whether nearly all that is said was in the question."""
    asked = {w.stem for w in find_words(text=comparison.question.question)}
    said = [word for word in comparison.reading.words if word.is_content]
    repeated = sum(word.weight for word in said if word.stem in asked)
    share = repeated / (sum(word.weight for word in said) or 1.0)
    if comparison.rubric.is_model_led:
        return share >= ALL_ECHO_SHARE and _copies_question(comparison)
    return share > MAX_ECHO_SHARE and not _covers_a_point(comparison)


def _copies_question(comparison: Comparison) -> bool:
    """Return whether the text has most of the question and next to nothing else."""
    question = find_words(text=comparison.question.question)
    asked = {word.stem for word in question}
    content = {word.stem for word in question if word.is_content}
    said = [word.stem for word in comparison.reading.words]
    same = sum(stem in asked for stem in said) / len(said)
    return same >= MAX_ECHO_SHARE and len(content.intersection(said)) >= (
        MIN_COPIED_SHARE * len(content)
    )


def _is_gibberish(comparison: Comparison) -> bool:
    words = comparison.reading.words
    counts = Counter(word.stem for word in words)
    most = counts.most_common(1)[0][1]
    if len(words) >= MIN_COUNTED_WORDS and most > MAX_TOKEN_SHARE * len(words):
        return True
    known = comparison.rubric.table.columns
    unknown = [w.lower for w in words if w.is_content and w.stem not in known]
    if len(unknown) * 2 < len(words):  # half of the words are words for sure
        return False
    odds = plausibility(words=unknown)
    return odds is not None and odds < MIN_PLAUSIBILITY


def _is_off_topic(comparison: Comparison) -> bool:
    """Return whether nothing in the answer touches question or rubric."""
    if not comparison.question.points:
        return False  # a question alone does not tell its topic
    if comparison.match is None or any(c.credit > 0 for c in comparison.coverages):
        return False
    if any(c.contradiction for c in comparison.coverages):
        return False
    known = comparison.rubric.table.columns
    said = [word for word in comparison.reading.words if word.is_content]
    total = sum(word.weight for word in said) or 1.0
    touching = sum(word.weight for word in said if word.stem in known) / total
    cosine = comparison.match.cosine
    if cosine is None:
        return touching < OFF_TOPIC_SHARE
    rows = comparison.rubric.table.rows(
        phrases.QUESTION, phrases.TEXT, phrases.REFERENCE, phrases.CONTRADICTS
    )
    nearest = float(cosine[:, rows].max())
    if comparison.rubric.is_model_led:
        return len(said) >= MIN_OFF_TOPIC_WORDS and nearest < FAR_OFF_TOPIC_COSINE
    return touching < OFF_TOPIC_SHARE and nearest < OFF_TOPIC_COSINE
