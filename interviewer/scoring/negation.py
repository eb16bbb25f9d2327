"""Which words of a sentence are negated.

A rule of thumb, not a parser: a negator reaches to the end of its clause, and on
over a comma when what follows has no subject of its own ("would not check plans,
compare latency or drop it"). "It is not true that" denies the whole sentence, and
"timeouts are not needed" its subject too.
Two negators over the same word cancel out.
"""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.scoring.vocabulary import (
    CLAUSE_OPENERS,
    DENIALS,
    DETERMINERS,
    NEGATIONS,
    SUBJECT_PRONOUNS,
    TRUTHS,
    VERB_NEGATIONS,
)
from interviewer.scoring.words import Word

SHORT_REACH_WORDS = 5
REACH_WORDS = 40  # no clause is longer; speech without full stops goes on for ever
_SHORT = frozenset({"without", "no", "neither", "nor", "than", "of"})
_OPENERS = frozenset({"that", "if", "when", "where", "as", "until", "once"})
_TWO_WORD_NEGATIONS = frozenset({("rather", "than"), ("instead", "of")})
_NEEDS = frozenset(
    {"necessary", "needed", "required", "important", "useful"}
    | {"option", "point", "worth", "helpful"}
)
_ENDS_STATEMENT = frozenset(":;")
_NO_NEGATION = frozenset(
    {("not", "only"), ("not", "just"), ("not", "merely"), ("not", "simply")}
    | {("no", "doubt"), ("no", "matter"), ("no", "wonder"), ("not", "necessarily")}
    | {("or", "not"), ("why", "not"), ("if", "not"), ("or", "without")}
    | {("and", "without"), ("not", "least"), ("no", "longer")}
)


def negated_places(*, text: str, words: Sequence[Word]) -> frozenset[int]:
    """Return the indexes into `words` (one sentence) that stand under a negation."""
    negated: set[int] = set()
    for place in range(len(words)):
        if _negates(words, place):
            negated ^= set(_reach(text, words, place))
            if _dispenses(words, place):
                negated ^= set(range(_clause_start(text, words, place), place))
    return frozenset(negated)


def _dispenses(words: Sequence[Word], place: int) -> bool:
    """Return whether "not necessary", "no option", … does without its subject."""
    ahead = {word.lower for word in words[place + 1 : place + 3]}
    return bool(_NEEDS & ahead)


def _clause_start(text: str, words: Sequence[Word], place: int) -> int:
    first = max(0, place - REACH_WORDS)
    while place > first and not any(
        mark in _gap(text, words, place) for mark in ",;:("
    ):
        place -= 1
        if words[place].lower in CLAUSE_OPENERS or words[place].lower in _OPENERS:
            return place + 1
    return place


def _negates(words: Sequence[Word], place: int) -> bool:
    lower = words[place].lower
    before = words[place - 1].lower if place else ""
    after = words[place + 1].lower if place + 1 < len(words) else ""
    if (before, lower) in _TWO_WORD_NEGATIONS:
        return True
    if lower in DENIALS:
        return after == "that"
    return lower in NEGATIONS and not {(lower, after), (before, lower)} & _NO_NEGATION


def _reach(text: str, words: Sequence[Word], place: int) -> range:
    """Return the places that the negator at `place` covers."""
    if _denies_all(words, place):
        return range(place + 1, _end_of_statement(text, words, place + 1))
    short = words[place].lower in _SHORT or _opens_clause(text, words, place)
    reach = SHORT_REACH_WORDS if short else REACH_WORDS
    limit = min(len(words), place + 1 + reach)
    # Only the verb of a main clause is negated for a whole list of verbs.
    stops_at_comma = _is_noun(words[place].lower) or _is_subordinate(text, words, place)
    end = place + 1
    while end < limit and not _closes(text, words, end):
        if stops_at_comma and "," in _gap(text, words, end):
            break
        end += 1
    return range(place + 1, end)


def _denies_all(words: Sequence[Word], place: int) -> bool:
    """Return whether "false that", "not true that" … calls all that follows untrue."""
    if words[place].lower in DENIALS:
        return True
    ahead = [word.lower for word in words[place + 1 : place + 5]]
    return "that" in ahead and bool(TRUTHS & set(ahead[: ahead.index("that")]))


def _end_of_statement(text: str, words: Sequence[Word], place: int) -> int:
    """Return where what is called untrue ends: at a colon, semicolon or "but"."""
    limit = min(len(words), place + REACH_WORDS)
    for end in range(place, limit):
        if _ENDS_STATEMENT.intersection(_gap(text, words, end)):
            return end
        if words[end].lower in {"but", "however"}:
            return end
    return limit


def _opens_clause(text: str, words: Sequence[Word], place: int) -> bool:
    """Return whether nothing stands before the negator: "not allowed is 403"."""
    return place == 0 or any(mark in _gap(text, words, place) for mark in ",;:(")


def _is_noun(negator: str) -> bool:
    return negator not in VERB_NEGATIONS


def _is_subordinate(text: str, words: Sequence[Word], place: int) -> bool:
    """Return whether the clause before `place` was opened by "that", "if", …"""
    first = max(0, place - REACH_WORDS)
    while place > first and "," not in _gap(text, words, place):
        place -= 1
        if words[place].lower in CLAUSE_OPENERS or words[place].lower in _OPENERS:
            return True
    return False


def _gap(text: str, words: Sequence[Word], place: int) -> str:
    return text[words[place - 1].end : words[place].start]


def _closes(text: str, words: Sequence[Word], place: int) -> bool:
    """Return whether a new clause with its own subject starts at `place`."""
    word = words[place].lower
    gap = _gap(text, words, place)
    if ";" in gap or ":" in gap or word in CLAUSE_OPENERS:
        return True
    if "," not in gap and word not in {"and", "or"}:
        return False
    if word in {"and", "or"} and place + 1 < len(words):
        word = words[place + 1].lower
    return word in SUBJECT_PRONOUNS or word in DETERMINERS
