"""The parts of a told case: situation, own action, result.

Rules over words, clause by clause. They find whether a part is there, not how
good it is; the rubric's points judge that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from interviewer.scoring.reading import Reading, Unit
from interviewer.scoring.result import Evidence, StarPart
from interviewer.scoring.sentences import CLAUSE, PAIR, SENTENCE
from interviewer.scoring.vocabulary import (
    IRREGULAR_VERBS,
    MODALS,
    STATIVE_VERBS,
    STOP_WORDS,
    word_set,
)
from interviewer.scoring.words import Word

SITUATION = "situation"
ACTION = "action"
RESULT = "result"
PARTS = (SITUATION, ACTION, RESULT)
KIND = "star"

_PAST_AUXILIARIES = word_set(
    "was were had did wasn't weren't hadn't didn't went came became"
)
_SKIPPED = word_set(
    "also then just really first finally always often quickly personally even still "
    "therefore immediately eventually later once again actually simply only and so "
    "myself usually"
)
_SAME_IN_PAST = word_set("cut put set read let hit split quit shut cast broadcast")
_NO_PAST_AFTER = word_set("is are be been being get gets has have a an the more less")
_SPEAKER = word_set("i i've")
_CAUSED = word_set("got had made let helped")  # "I got them to agree"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE)


_OURS = "(?:my|our|the|a)"
_PERIOD = "(?:years?|months?|weeks?|days?)"
_SITUATION = _any_of(
    "when i",
    "while i",
    f"at {_OURS}",
    "in (?:my|our) (?:last|previous|first|second|third|final|current|old)",
    "in (?:my|our) (?:team|company|course|project|job)",
    f"last (?:{_PERIOD}|summer|spring|autumn|fall|winter|quarter|time)",
    rf"(?:a|two|three|some|few|\d+) {_PERIOD} ago",
    "there (?:was|were|had been)",
    "used to",
    f"{_OURS} (?:task|goal|job|role|aim|problem|team|company|manager|boss|client"
    "|project|customers?|product) (?:was|were|had|wanted|needed|asked|kept|said|chose)",
    "(?:was|were) (?:asked|told|given|supposed|responsible|about to|struggling)",
    r"(?:in|since|during|back in) (?:19|20)\d\d",
    f"during {_OURS}",
    "one (?:day|time|of (?:my|our))",
    "(?:wanted|needed|planned|had) to",
    "we (?:had|were|planned|needed|wanted)",
)
_NUMBER = (
    r"(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty"
    "|forty|fifty|sixty|eighty|hundred|half|zero)"
)
_CHANGED = (
    "dropped|fell|rose|grew|shrank|decreased|increased|improved|reduced|cut|halved"
    "|doubled|tripled|saved|gained|lost|cost|avoided|stayed|shipped|launched|released"
    "|delivered|finished|signed|renewed|promoted|adopted|accepted|approved|agreed"
    "|succeeded|failed|passed|won|solved|resolved|fixed|disappeared|vanished|stopped"
    "|kept|returned|recovered|survived|thanked"
)
_RESULT = _any_of(
    "as a (?:result|consequence)",
    "in the end",
    "at the end",
    "since then",
    "ever since",
    "from then on",
    "eventually",
    "finally",
    "afterwards?",
    "after that",
    "the (?:result|outcome|effect|upshot)",
    "(?:it|that|this|which) (?:worked|led to|resulted|paid off|meant|made)",
    "turned out",
    "ended up",
    "led to",
    "resulted in",
    "no longer",
    "never again",
    "went (?:from|down|up|live|well|through|back|to)",
    _CHANGED,
    "on time",
    "(?:still|now) (?:use|uses|used|runs?|in use|works?|takes?|do|does|have|has|the)",
    r"\d+(?:[.,]\d+)? ?(?:percent|per cent)",
    rf"from (?:about |around |nearly )?{_NUMBER} (?:\w+ ){{0,2}}to",
)
_PERCENT = re.compile(r"\d ?%")
_HYPOTHETICAL = word_set("would could might should will if i'd i'll")


_PREFIX = re.compile(r"^(?:re|over|under|out)")


def find_parts(*, reading: Reading, required: Sequence[str]) -> tuple[StarPart, ...]:
    """Return the parts with the first words that show each."""
    units = [unit for unit in reading.units if unit.kind != PAIR]
    # Clauses are quoted rather than the sentence around them.
    order = sorted(units, key=lambda unit: (unit.start, unit.end - unit.start))
    split = {unit.sentence for unit in units if unit.kind == CLAUSE}
    narrow = [u for u in order if u.kind != SENTENCE or u.sentence not in split]
    found: dict[str, Unit] = {}
    for unit in narrow:
        for part, shows in _RULES:
            if part not in found and shows(reading.text, unit):
                found[part] = unit
    return tuple(
        StarPart(
            part=part,
            required=part in required,
            found=part in found,
            evidence=_evidence(reading.text, found[part], part)
            if part in found
            else None,
        )
        for part in PARTS
    )


def _evidence(text: str, unit: Unit, part: str) -> Evidence:
    return Evidence(unit.start, unit.end, text[unit.start : unit.end], KIND, part)


def shows_action(text: str, unit: Unit) -> bool:
    """Return whether the speaker says what they did, with a concrete verb."""
    words = unit.words
    for place, word in enumerate(words):
        if word.lower in _SPEAKER and _acts(words[place + 1 :], unit, place):
            return True
    # Notes leave the "I" out: "Benchmarked both, showed the slow query."
    return bool(words) and _is_past_verb(words[0]) and not _is_stative(words[0])


def count_actions(unit: Unit) -> int:
    """Return how many things a clause that shows an action says were done.

    "I measured it, found the cause and fixed it" names three.
    """
    done = [word for word in unit.words if _is_past_verb(word)]
    return max(1, sum(not _is_stative(word) for word in done))


def _acts(after: Sequence[Word], unit: Unit, place: int) -> bool:
    for step, word in enumerate(after[:4], start=place + 1):
        if word.lower in _SKIPPED or word.lower in {"have", "had"}:
            continue
        if word.lower in MODALS or step in unit.negated:
            return False
        if word.lower in _CAUSED:
            return True
        return _did(word, unit) and not _is_stative(word)
    return False


def _did(word: Word, unit: Unit) -> bool:
    """Return whether the verb tells the past; "I put" needs one beside it that does."""
    if word.lower not in _SAME_IN_PAST:
        return _is_past_verb(word)
    return any(_is_past_verb(w) and w.lower not in _SAME_IN_PAST for w in unit.words)


def shows_situation(text: str, unit: Unit) -> bool:
    """Return whether the clause tells of something that was the case."""
    if _is_hypothetical(unit):
        return False
    if _SITUATION.search(text, unit.start, unit.end):
        return True
    return _tells_past(text, unit) and not any(
        word.lower in _SPEAKER for word in unit.words
    )


def shows_result(text: str, unit: Unit) -> bool:
    """Return whether the clause tells how something ended or by how much it moved."""
    if _is_hypothetical(unit) or not (_tells_past(text, unit) or _tells_now(unit)):
        return False
    return any(
        pattern.search(text, unit.start, unit.end) for pattern in (_RESULT, _PERCENT)
    )


_RULES = (
    (SITUATION, shows_situation),
    (ACTION, shows_action),
    (RESULT, shows_result),
)


def _is_hypothetical(unit: Unit) -> bool:
    return any(word.lower in _HYPOTHETICAL for word in unit.words)


def _tells_now(unit: Unit) -> bool:
    return any(word.lower in {"now", "still", "since", "longer"} for word in unit.words)


def _tells_past(text: str, unit: Unit) -> bool:
    """Return whether something happened; "is blocked" and "the fixed part" do not."""
    befores = (None, *unit.words)
    return any(
        word.lower in _PAST_AUXILIARIES
        or (
            _is_past_verb(word)
            and not (before and before.lower in _NO_PAST_AFTER)
            and not (before and text[word.start].isupper())  # a name: Mohammed
        )
        for before, word in zip(befores, unit.words, strict=False)
    )


def _is_past_verb(word: Word) -> bool:
    lower = word.lower
    if lower in STOP_WORDS:
        return False
    if lower.endswith("ed") or lower in _SAME_IN_PAST:
        return True
    plain = _PREFIX.sub("", lower)  # "rewrote", "rebuilt", "oversaw"
    return lower in IRREGULAR_VERBS or plain in IRREGULAR_VERBS


def _is_stative(word: Word) -> bool:
    return word.stem in STATIVE_VERBS
