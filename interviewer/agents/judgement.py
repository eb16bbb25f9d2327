"""Ask a model to judge a batch of answers, and believe only what can be verified.

A quote counts when it stands in the answer, however its spaces are set. A score
without a surviving quote is no score; an answer with criteria that are missing,
unknown, doubled or out of range is not judged at all.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Sequence

from interviewer.agents.fencing import fence
from interviewer.agents.judgement_schema import (
    AnswerResult,
    BatchResult,
    CriterionScore,
)
from interviewer.agents.model_types import Prompt, PromptMessage
from interviewer.agents.prompt_files import load_prompt

MAX_SCORE = 5
TOKENS_PER_ITEM = 900
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """An answer to judge; criteria: name → what it asks for."""

    id: str
    question: str
    criteria: tuple[tuple[str, str], ...]
    answer: str


@dataclasses.dataclass(frozen=True, slots=True)
class Quote:
    """Words of the answer: answer[start:end]."""

    text: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True, slots=True)
class JudgedCriterion:
    """A criterion's score, 0 to 5; None when nothing verifiable carries it."""

    name: str
    score: int | None
    quotes: tuple[Quote, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class FoundFact:
    """A fact or an open thread with the words that state it."""

    kind: str
    subject: str
    value: str
    unit: str
    quote: Quote


@dataclasses.dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """What is left of a model's verdict on one answer after verification."""

    item_id: str
    rejected: str  # why nothing of the verdict counts; empty when it does
    criteria: tuple[JudgedCriterion, ...] = ()
    facts: tuple[FoundFact, ...] = ()
    dropped: int = 0  # quotes, facts and threads that could not be verified


def judgement_prompt(*, items: Sequence[Item]) -> Prompt:
    """Return the prompt for one structured verdict on all items."""
    return Prompt(
        messages=[
            PromptMessage("system", load_prompt("assessor").text, True),
            PromptMessage("user", "\n\n".join(_item_text(item) for item in items)),
        ],
        max_tokens=TOKENS_PER_ITEM * len(items),
    )


def verify(*, result: BatchResult, items: Sequence[Item]) -> tuple[JudgedAnswer, ...]:
    """Return a verdict for each item, in order; what cannot be verified is dropped."""
    by_id: dict[str, list[AnswerResult]] = {}
    for answer in result.items:
        by_id.setdefault(answer.item_id, []).append(answer)
    return tuple(_verify(item, by_id.get(item.id, [])) for item in items)


def find_quote(*, quote: str, text: str) -> Quote | None:
    """Return where the quote stands in the text, whatever the spaces between words."""
    wanted, _ = _folded(quote.strip(" \n\t\"'“”„«»…"))
    if not wanted:
        return None
    folded, places = _folded(text)
    at = folded.find(wanted)
    if at < 0:
        return None
    start, end = places[at], places[at + len(wanted) - 1] + 1
    return Quote(text[start:end], start, end)


def _item_text(item: Item) -> str:
    criteria = "\n".join(f"- {name}: {wants}" for name, wants in item.criteria)
    parts = [
        f"id: {fence(tag='item_id', text=item.id)}",
        fence(tag="question", text=item.question),
        fence(tag="criteria", text=criteria),
        fence(tag="answer", text=item.answer),
    ]
    return "\n".join(["<item>", *parts, "</item>"])


def _verify(item: Item, answers: Sequence[AnswerResult]) -> JudgedAnswer:
    if len(answers) != 1:
        return JudgedAnswer(item.id, "missing" if not answers else "doubled")
    answer = answers[0]
    rejected = _rejection(item, answer)
    if rejected:
        return JudgedAnswer(item.id, rejected)
    criteria = [_criterion(item, score) for score in answer.criteria]
    facts = _facts(item, answer)
    proposed = len(answer.facts) + len(answer.open_threads)
    proposed += sum(len(score.quotes) for score in answer.criteria)
    found = len(facts) + sum(len(criterion.quotes) for criterion in criteria)
    return JudgedAnswer(item.id, "", tuple(criteria), facts, proposed - found)


def _rejection(item: Item, answer: AnswerResult) -> str:
    wanted = sorted(name for name, _ in item.criteria)
    if sorted(score.name for score in answer.criteria) != wanted:
        return "criteria"
    if any(not 0 <= score.score <= MAX_SCORE for score in answer.criteria):
        return "range"
    return ""


def _criterion(item: Item, score: CriterionScore) -> JudgedCriterion:
    found = [find_quote(quote=quote, text=item.answer) for quote in score.quotes]
    quotes = tuple(quote for quote in found if quote is not None)
    carries = score.score == 0 or quotes
    return JudgedCriterion(score.name, score.score if carries else None, quotes)


def _facts(item: Item, answer: AnswerResult) -> tuple[FoundFact, ...]:
    proposed: list[tuple[str, str, str, str, str]]
    proposed = [(f.kind, f.subject, f.value, f.unit, f.quote) for f in answer.facts]
    proposed += [
        ("open_thread", t.subject, "", "", t.quote) for t in answer.open_threads
    ]
    found = []
    for kind, subject, value, unit, quote in proposed:
        place = find_quote(quote=quote, text=item.answer)
        if place is not None and subject.strip() and _holds_numbers(place.text, value):
            found.append(FoundFact(kind, subject, value, unit, place))
    return tuple(found)


def _holds_numbers(quote: str, value: str) -> bool:
    said = _NUMBER.findall(quote)
    return all(number in said for number in _NUMBER.findall(value))


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the text with single spaces, and where each character came from."""
    kept: list[str] = []
    places: list[int] = []
    for index, character in enumerate(text):
        if unicodedata.category(character) == "Cf":
            continue  # the model never saw it
        is_space = character.isspace() or unicodedata.category(character) == "Cc"
        folded = " " if is_space else "‹" if character in "<＜﹤" else character
        if folded == " " and (not kept or kept[-1] == " "):
            continue
        kept.append(folded)
        places.append(index)
    return "".join(kept), places
