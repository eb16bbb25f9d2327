"""Find what a readable question still gets wrong, before a candidate does.

`python -m interviewer.bank.lint` prints the problems of the shipped bank and
exits with 1 if there are any; the tests demand that there are none.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import math
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import snowballstemmer

from interviewer.bank.loader import FAMILIES, Bank, BankError, load_bank
from interviewer.bank.model import (
    ANY_FAMILY,
    FACETS,
    LEVELS,
    QUESTION_TYPES,
    BankQuestion,
)

BANDS = 5
MIN_EXEMPLARS = 5
MIN_EXEMPLAR_BANDS = 4
NEEDED_EXEMPLAR_KINDS = ("fluent_wrong", "terse_right")
EXEMPLAR_KINDS = (*NEEDED_EXEMPLAR_KINDS, "strong", "middle", "weak", "off", "poor")
MAX_QUESTION_WORDS = 60
MAX_QUESTION_ASKS = 2
MAX_PROBE_WORDS = 30
MIN_FUNCTION_WORDS = 3  # of an alias without any content word
MAX_SHARED_WITH_POINT = 0.5  # share of a point's own words that its probe may use
STAR_PARTS = ("situation", "action", "result")
STRUCTURE = "structure"
DIFFICULTIES = (-1.5, -0.75, 0.0, 0.75, 1.5)


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule of one question, in a sentence for its author."""

    question_id: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.question_id}: {self.rule}: {self.message}"


def lint_bank(bank: Bank) -> list[Problem]:
    """Return the bank's problems, repeated ids first; an empty list means none."""
    problems = [
        Problem(question_id, "unique_id", f"is used by {count} questions")
        for question_id, count in _repeated(q.id for q in bank.questions)
    ]
    for question in bank.questions:
        for rule, check in RULES.items():
            problems += [
                Problem(question.id, rule, message) for message in check(question)
            ]
    return problems


def _known_values(question: BankQuestion) -> Iterator[str]:
    families = {family.id for family in FAMILIES} | {ANY_FAMILY}
    if question.type not in QUESTION_TYPES:
        yield f"type {question.type!r} is not one of {QUESTION_TYPES}"
    if question.level not in LEVELS:
        yield f"level {question.level!r} is not one of {LEVELS}"
    if not question.families or not families.issuperset(question.families):
        yield f"families {question.families} are not among {sorted(families)}"
    if not question.skills:
        yield "names no skill"
    if question.difficulty_b not in DIFFICULTIES:
        yield f"difficulty_b {question.difficulty_b} is not one of {DIFFICULTIES}"
    if question.time_limit_s <= 0:
        yield "time_limit_s must be above 0"


def _wording(question: BankQuestion) -> Iterator[str]:
    length = len(question.question.split())
    if length > MAX_QUESTION_WORDS:
        yield f"question has {length} words, at most {MAX_QUESTION_WORDS}"
    asks = _count_asks(question.question)
    if asks > MAX_QUESTION_ASKS:
        yield f"question asks {asks} things, at most {MAX_QUESTION_ASKS}"


def _weights(question: BankQuestion) -> Iterator[str]:
    for name, weight in question.criteria.items():
        if weight <= 0:
            yield f"criterion {name!r} needs a weight above 0"
    for point in question.points:
        if point.weight <= 0:
            yield f"point {point.id!r} needs a weight above 0"


def _points(question: BankQuestion) -> Iterator[str]:
    for point_id, count in _repeated(point.id for point in question.points):
        yield f"point id {point_id!r} is used {count} times"
    if not any(point.must_have for point in question.points):
        yield "no point is must_have"
    used = {point.criterion for point in question.points}
    for name in sorted(used - set(question.criteria)):
        yield f"criterion {name!r} of a point is not in criteria"
    if question.star_required:
        used.add(STRUCTURE)  # scored from the STAR parts themselves
    for name in sorted(set(question.criteria) - used):
        yield f"criterion {name!r} has no point"


def _anchors(question: BankQuestion) -> Iterator[str]:
    if sorted(question.anchors) != list(range(1, BANDS + 1)):
        yield f"anchors are {sorted(question.anchors)}, not 1 to {BANDS}"


def _exemplars(question: BankQuestion) -> Iterator[str]:
    exemplars = question.exemplars
    if len(exemplars) < MIN_EXEMPLARS:
        yield f"has {len(exemplars)} exemplars, needs {MIN_EXEMPLARS}"
    bands = {max(1, math.ceil(BANDS * exemplar.score)) for exemplar in exemplars}
    if len(bands) < MIN_EXEMPLAR_BANDS:
        yield f"exemplars cover bands {sorted(bands)}, need {MIN_EXEMPLAR_BANDS} bands"
    kinds = {exemplar.kind for exemplar in exemplars}
    for kind in NEEDED_EXEMPLAR_KINDS:
        if kind not in kinds:
            yield f"has no exemplar of kind {kind!r}"
    for kind in sorted(kinds.difference(EXEMPLAR_KINDS)):
        yield f"exemplar kind {kind!r} is not one of {EXEMPLAR_KINDS}"
    if any(not 0 <= exemplar.score <= 1 for exemplar in exemplars):
        yield "an exemplar's score is not within 0 to 1"


def _aliases(question: BankQuestion) -> Iterator[str]:
    asked = set(_stems(question.question))
    for point in question.points:
        for alias in point.aliases:
            stems = _stems(alias)
            if stems and asked.issuperset(stems):
                yield (
                    f"alias {alias!r} of {point.id!r} has no content word that the"
                    " question lacks, so an echo would earn it"
                )
            if not stems and len(_words(alias)) < MIN_FUNCTION_WORDS:
                yield (
                    f"alias {alias!r} of {point.id!r} is so common that any answer"
                    " would earn it"
                )


def _contradictions(question: BankQuestion) -> Iterator[str]:
    right = {"the reference": question.reference}
    for exemplar in question.exemplars:
        if exemplar.kind in ("strong", "terse_right"):
            right[f"the {exemplar.kind} exemplar"] = exemplar.text
    for point in question.points:
        for phrase in point.contradicts:
            for place, text in right.items():
                if _contains(text, phrase):
                    yield f"{phrase!r} contradicts {point.id!r}, yet is in {place}"


def _probes(question: BankQuestion) -> Iterator[str]:
    for point in question.points:
        if point.must_have and not point.probe:
            yield f"must_have point {point.id!r} has no probe"
        if point.probe:
            yield from _probe_faults(question, point.probe, point.id)


def _follow_ups(question: BankQuestion) -> Iterator[str]:
    targets = {point.id for point in question.points}
    for follow_up in question.followups:
        trigger, _, target = follow_up.when.partition(":")
        if trigger in ("depth", "vague") and not target:
            yield from _length_fault(follow_up.text)
        elif trigger not in ("missing", "contradicted"):
            yield f"follow-up trigger {follow_up.when!r} is unknown"
        elif target in targets:
            yield from _probe_faults(question, follow_up.text, target)
        elif trigger == "missing" and target in question.star_required:
            yield from _length_fault(follow_up.text)
        else:
            yield f"follow-up {follow_up.when!r} refers to no point"


def _star(question: BankQuestion) -> Iterator[str]:
    for point in question.points:
        if point.shown_by and point.shown_by not in FACETS:
            yield f"point {point.id}: shown_by must be one of {', '.join(FACETS)}"
        if point.shown_by and not question.star_required:
            yield f"point {point.id}: shown_by needs a told case (star)"
    if question.type == "behavioural" and not question.star_required:
        yield "a behavioural question needs star: {required: [...]}"
    for part in question.star_required:
        if part not in STAR_PARTS:
            yield f"star part {part!r} is not one of {STAR_PARTS}"


RULES: dict[str, Callable[[BankQuestion], Iterator[str]]] = {
    "known_values": _known_values,
    "wording": _wording,
    "weights": _weights,
    "points": _points,
    "anchors": _anchors,
    "exemplars": _exemplars,
    "aliases": _aliases,
    "contradictions": _contradictions,
    "probes": _probes,
    "follow_ups": _follow_ups,
    "star": _star,
}


def _length_fault(probe: str) -> Iterator[str]:
    length = len(probe.split())
    if length > MAX_PROBE_WORDS:
        yield f"probe {probe!r} has {length} words, at most {MAX_PROBE_WORDS}"


def _probe_faults(question: BankQuestion, probe: str, point_id: str) -> Iterator[str]:
    yield from _length_fault(probe)
    point = question.point(point_id)
    for alias in point.aliases:
        if _contains(probe, alias):
            yield f"probe {probe!r} gives away {alias!r} of {point_id!r}"
    own = set(_stems(point.text)) - set(_stems(question.question))
    shared = own.intersection(_stems(probe))
    if len(shared) > MAX_SHARED_WITH_POINT * len(own):
        yield f"probe {probe!r} gives away {point_id!r}: {', '.join(sorted(shared))}"


# After a bare comma "which" or "when" opens a relative clause, not a question.
_ASK = re.compile(
    r"(?:^|[.?!:;]\s+|\b(?:and|or)\s+)"
    r"(?:how|what|why|when|which|where|who|describe|explain|tell|walk|compare|give)\b"
    r"|,\s+(?:how|what|why)\b",
    re.IGNORECASE,
)


def _count_asks(text: str) -> int:
    return max(text.count("?"), len(_ASK.findall(text)))


@functools.cache
def _stemmer() -> Any:
    return snowballstemmer.stemmer("english")


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold().replace("’", "'"))


# Words that carry no content of their own, so sharing them proves nothing.
_STOP_WORDS = frozenset(
    _words(
        "a about after all also an and any are as at be because been before but by can"
        " could did do does each else ever every for from had has have how i if in into"
        " is it its just like made make makes many may me more most much must my no nor"
        " not of on one only or other our out over own same should so some such than"
        " that the their them then there these they this those to too two under up us"
        " use used uses very was we were what when where which while who whom whose why"
        " will with without would yes you your"
    )
)


def _stems(text: str) -> list[str]:
    content = [word for word in _words(text) if word not in _STOP_WORDS]
    return [str(stem) for stem in _stemmer().stemWords(content)]


def _contains(text: str, phrase: str) -> bool:
    return f" {' '.join(_words(phrase))} " in f" {' '.join(_words(text))} "


def _repeated(names: Iterator[str]) -> list[tuple[str, int]]:
    counts = collections.Counter(names)
    return [(name, count) for name, count in counts.items() if count > 1]


def main() -> int:
    """Print the shipped bank's problems; return 1 if there are any."""
    try:
        bank = load_bank()
    except BankError as error:
        print(error)
        return 1
    problems = lint_bank(bank)
    for problem in problems:
        print(problem)
    print(f"{len(bank.questions)} questions, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
