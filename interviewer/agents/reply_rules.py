"""The code's last word on a model's wording: does it say the decided action, only?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from interviewer.agents.fencing import leaks_prompt
from interviewer.bank.model import Point
from interviewer.policy import next_action
from interviewer.policy.wording import (
    MAX_PROBE_WORDS,
    PRIVATE_TOPIC,
    is_near_duplicate,
    reveals,
    sentence_count,
    word_count,
)
from interviewer.scoring.sentences import split_sentences
from interviewer.scoring.words import content_words

MAX_SENTENCES = 3
ROOM_WORDS = 50  # beside the words that have to be asked
REPEATED_WORDS = 8  # of the answer in a row: a repetition, not a reference
KEPT_OF_A_QUESTION = 0.6  # share of its content words
KEPT_OF_A_PROBE = 0.3

_ASKING = (
    next_action.QUESTION,
    next_action.PROBE,
    next_action.REPEAT,
    next_action.REASK,
    next_action.CLARIFY,
)
_SILENT = (next_action.OPENING, next_action.CLOSING)  # these ask nothing
_KEPT = {
    next_action.QUESTION: KEPT_OF_A_QUESTION,
    next_action.PROBE: KEPT_OF_A_PROBE,
    next_action.CLARIFY: KEPT_OF_A_PROBE,
}
_MARKUP = re.compile(
    r"https?:|www\.|\]\(|\*\*|```|^\s*(?:#+|[-*•]|\d+[.)])\s|</?\w|‹/?\w|[\x00-\x08\x0b-\x1f]"
    r"|[\ud800-\udfff]",
    re.MULTILINE,
)
_PRAISE = re.compile(
    r"\b(?:great|excellent|perfect|wonderful|fantastic|amazing|impressive|brilliant"
    r"|awesome|outstanding|superb|terrific|well done|good (?:answer|point|job|example"
    r"|question|thinking)|nice(?:ly)? (?:answer|work|done|one|job|put)|strong answer"
    r"|love (?:that|it|how)|weak answer|poor answer|disappoint\w*)\b",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"\b(?:(?:that|this|it|you|you are|that is)(?:'s|'re| is| are)? "
    r"(?:absolutely |exactly |partly |not )?"
    r"(?:right|correct|wrong|incorrect|mistaken|true|false)"
    r"|correct answer|you (?:forgot|missed|failed to|left out))\b",
    re.IGNORECASE,
)
_SCORES = re.compile(
    r"\b(?:scor(?:e|es|ed|ing)|rubrics?|grad(?:e|es|ed|ing)|ratings?|out of (?:5|10)"
    r"|full marks|\d{1,2}\s?/\s?(?:5|10|100))\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"«]([^”\"»]{3,}?)[.,;]?[”\"»]")


def unfit_reason(
    *,
    words: str,
    action_kind: str,
    must_ask: str,
    lead_in: str = "",
    system_text: str = "",
    last_answer: str = "",
    asked: Iterable[str] = (),
    point: Point | None = None,
    known: Iterable[str] = (),
) -> str | None:
    """Return why these words must not be said, or None when they may.

    must_ask, lead_in: of the action; what stands in them is always allowed
    asked: earlier questions of the session; point: what a probe must not give away,
    with `known`, the texts whose words give nothing away
    """
    given = f"{must_ask}\n{lead_in}"
    if not words.strip():
        return "empty"
    if leaks_prompt(words=words, system_text=system_text):
        return "leak"
    return (
        _form(words, must_ask, lead_in)
        or _tone(words, given)
        or _questions(words, action_kind, must_ask)
        or _substance(words, action_kind, must_ask)
        or _repetition(words, given, last_answer)
        or _probe(words, action_kind, asked, point, (given, *known))
    )


def unfit_quotes(*, words: str, findings: str) -> str | None:
    """Return why quotes must not be told, or None: each stands in the findings."""
    known = " ".join(findings.split())
    quotes = (" ".join(quote.split()) for quote in _QUOTED.findall(words))
    return None if all(quote in known for quote in quotes) else "invented quote"


def _form(words: str, must_ask: str, lead_in: str) -> str | None:
    if _new(_MARKUP, words, must_ask):
        return "markup"
    given = sentence_count(must_ask) + sentence_count(lead_in)
    if sentence_count(words) > max(MAX_SENTENCES, given):
        return "sentences"
    if word_count(words) > word_count(must_ask) + word_count(lead_in) + ROOM_WORDS:
        return "length"
    return None


def _tone(words: str, given: str) -> str | None:
    rules = {
        "praise": _PRAISE,
        "verdict": _VERDICT,
        "scores": _SCORES,
        "private": PRIVATE_TOPIC,
    }
    return next(
        (name for name, rule in rules.items() if _new(rule, words, given)), None
    )


def _questions(words: str, action_kind: str, must_ask: str) -> str | None:
    marks, wanted = words.count("?"), must_ask.count("?")
    if action_kind in _SILENT:
        return "asks" if marks else None
    if action_kind in _ASKING and wanted and not marks:
        return "asks nothing"
    return "asks twice" if marks > max(1, wanted) else None


def _substance(words: str, action_kind: str, must_ask: str) -> str | None:
    if action_kind == next_action.REPEAT:
        is_same = " ".join(must_ask.split()) in " ".join(words.split())
        return None if is_same else "other question"
    wanted = _stems(must_ask)
    kept = len(_stems(words) & wanted) / len(wanted) if wanted else 1.0
    return "other question" if kept < _KEPT.get(action_kind, 0.0) else None


def _repetition(words: str, given: str, last_answer: str) -> str | None:
    said = words.casefold().split()
    answer = f" {' '.join(last_answer.casefold().split())} "
    allowed = f" {' '.join(given.casefold().split())} "
    for start in range(len(said) - REPEATED_WORDS + 1):
        run = f" {' '.join(said[start : start + REPEATED_WORDS])} "
        if run in answer and run not in allowed:
            return "repeats the answer"
    return None


def _probe(
    words: str,
    action_kind: str,
    asked: Iterable[str],
    point: Point | None,
    known: Iterable[str],
) -> str | None:
    if action_kind != next_action.PROBE:
        return None
    question = _last_question(words)
    if word_count(question) > MAX_PROBE_WORDS:
        return "long probe"
    if is_near_duplicate(question, asked):
        return "asked before"
    if point is not None and reveals(words, point=point, known=known):
        return "gives away"
    return None


def _last_question(words: str) -> str:
    sentences = [stretch.of(words) for stretch in split_sentences(text=words)]
    asking = [sentence for sentence in sentences if "?" in sentence]
    return (asking or sentences or [words])[-1]


def _new(rule: re.Pattern[str], words: str, given: str) -> bool:
    """Return whether the rule finds something that was not given."""
    before = given.casefold()
    return any(m.group().casefold() not in before for m in rule.finditer(words))


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in content_words(text=text))
