"""Numbers of an answer with their unit and what they are a number of.

The unit is the noun that follows ("14 backend engineers", "250 ms", "3 requests per
second"); the subject are the nearest content words around it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence

from interviewer.agents.facts import MAX_QUOTE_CHARACTERS, MAX_UNIT_CHARACTERS, Fact
from interviewer.agents.numerals import Number, numbers_in
from interviewer.scoring.sentences import Stretch
from interviewer.scoring.vocabulary import CONJUNCTIONS, STOP_WORDS, word_set
from interviewer.scoring.words import Word, find_words

WORDS_BEFORE = 3
WORDS_AFTER = 2
UNIT_WORDS = 2  # "backend engineers"; "per second" is added to it

# Verbs of telling; what they tell of is the subject.
_VERBS = word_set(
    "had has have took takes take ran run runs cut reduced reduce dropped drop fell "
    "fall rose rise grew grow went goes managed manage led lead handled handle served "
    "serve serves processed process stored store held hold holds counted count counts "
    "reached reach hit hits cost costs spent spend saved save paid pay pays earned "
    "needed need brought bring came come comes made make makes got get gets lasted "
    "last lasts consisted consist included include totaled total amounted sat sits "
    "stood stands stayed stay kept keep worked work works shipped ship built build "
    "wrote write used use uses moved move supported support supports looked look "
    "averaged average covered cover covers contained contain contains employed says "
    "said say meant remember recall think believe guess estimate reported report "
    "reports numbered comprised gave give given left leave started start began begin "
    "ended end finished became become"
)
_VAGUE = word_set(
    "about around roughly approximately nearly almost over under exactly precisely "
    "some maybe perhaps total overall altogether actually correct correction sorry "
    "figure number value number's whole entire back time thing things lot point then "
    "now day days today later earlier within only just little bit"
)
_MEASURES = (
    r"%|percent|percentage points?|ms|milliseconds?|s|secs?|seconds?|mins?|minutes?"
    r"|h|hrs?|hours?|days?|weeks?|months?|quarters?|years?|kb|mb|gb|tb|pb|kilobytes?"
    r"|megabytes?|gigabytes?|terabytes?|petabytes?|euros?|dollars?|pounds?|francs?"
    r"|eur|usd|gbp|x|times|rps|qps|tps|points?|degrees?"
)
_MEASURE = re.compile(rf"[ \u00a0-]?(?P<unit>{_MEASURES})(?![\w])", re.IGNORECASE)
_RATE = re.compile(
    r"\s+(?:per|a|an|each|every)\s+(?:second|minute|hour|day|night|week|month|quarter"
    r"|year|sprint|release|team|node|user|customer|request|core)\b|/(?:s|h|min|day)\b",
    re.IGNORECASE,
)
_CURRENCY = {"€": "euros", "$": "dollars", "£": "pounds"}
_YEAR = re.compile(r"(?:19[5-9]\d|20[0-4]\d)$")
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|until|till|from|by|during|of|year|january|february|march|april|may"
    r"|june|july|august|september|october|november|december|spring|summer|autumn|fall"
    r"|winter|early|late|mid)[ -]$",
    re.IGNORECASE,
)
# A number after these is a name: HTTP 404, port 5432, Python 3.11.
_NAMED_BEFORE = re.compile(
    r"\b(?:http|status|code|error|port|version|v|release|step|phase|part|option|chapter"
    r"|level|round|question|point|layer|type|python|java|php|node|django|rails|postgres"
    r"|postgresql|mysql|angular|vue|react|windows|ios|android|iso|rfc|top|web|ticket"
    r"|room|page|line|section|article|answer|item|no|nr|tier|base|grade|sprint)"
    r"[ #.:-]{1,2}$",
    re.IGNORECASE,
)
_DENIED_BEFORE = re.compile(
    r"\b(?:not|never|no|n't|n’t|without|neither|nor|cannot|isn't|wasn't|didn't|don't"
    r"|rather than|instead of)\b(?:\s+\w+){0,3}\s*$",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?P<unit>[ -]?[a-z%]{1,14})?\s*(?:(?:down |up )?to|until|-|–|and)\s+"
    r"(?:about |around |roughly |under |over |only |just )?[€$£]?$",
    re.IGNORECASE,
)
_PRONOUN_ONE = re.compile(
    r"\s+(?:second|minute|hour|day|week|month|quarter|year|engineer|developer|person"
    r"|node|server|service|region|machine|database)\b",
    re.IGNORECASE,
)
_NOT_A_NOUN = re.compile(r"\w+(?:ed|ing|ly)$", re.IGNORECASE)
_GAP_IN_PHRASE = re.compile(r"[,;:.()!?]")


@dataclasses.dataclass(frozen=True, slots=True)
class Measurement:
    """A number as stated: its value and unit, and where its words end."""

    start: int
    end: int  # of the unit
    value: str
    unit: str
    is_measure: bool  # ms, euros, percent; else a count of things

    @property
    def told(self) -> str:
        return f"{self.value} {self.unit}".rstrip()


def number_facts(*, content: str, sentence: Stretch, seq: int) -> Iterator[Fact]:
    """Yield the numbers that this sentence states."""
    measured = measurements(text=sentence.of(content))
    words = find_words(text=sentence.of(content))
    for index, one in enumerate(measured):
        since = measured[index - 1].end if index else 0
        subject = subject_of(words=words, measured=one, since=since)
        if not subject:
            continue
        yield quoted(
            content=content, sentence=sentence, seq=seq, one=one, subject=subject
        )


def quoted(
    *,
    content: str,
    sentence: Stretch,
    seq: int,
    one: Measurement,
    subject: str,
) -> Fact:
    """Return the number as a fact; its quote is the sentence, cut around the number."""
    start, end = sentence.start, sentence.end
    if end - start > MAX_QUOTE_CHARACTERS:
        middle = sentence.start + one.start
        start = max(start, middle - MAX_QUOTE_CHARACTERS // 2)
        end = min(end, start + MAX_QUOTE_CHARACTERS)
    return Fact(
        kind="number",
        subject=subject,
        value=one.value,
        unit=one.unit,
        quote=content[start:end],
        start=start,
        seq=seq,
        confidence=0.9,
    )


def measurements(*, text: str, with_denied: bool = False) -> list[Measurement]:
    """Return the numbers that measure or count something, "from A to B" as one."""
    found: list[Measurement] = []
    pending: Number | None = None
    for number in numbers_in(text):
        if not _counts(text, number, with_denied):
            pending = None
            continue
        one = _measured(text, number)
        if pending is not None and found and _is_range(text, found[-1], number):
            first = found.pop()
            unit = one.unit or first.unit
            was = first.value if first.unit in ("", unit) else first.told
            value = f"{was} to {one.value}"
            one = Measurement(first.start, one.end, value, unit, one.is_measure)
        found.append(one)
        pending = number
    return found


def subject_of(*, words: Sequence[Word], measured: Measurement, since: int) -> str:
    """Return the content words around a number that say what it is a number of."""
    inside = {w.lower for w in words if measured.start <= w.start < measured.end}
    before = [w for w in words if since <= w.start and w.end <= measured.start]
    telling = [w.lower for w in before if _tells(w)][-WORDS_BEFORE:]
    if not telling and since:
        earlier = [w for w in words if w.end <= measured.start]
        telling = [w.lower for w in earlier if _tells(w)][-WORDS_BEFORE:]
    if len(telling) < WORDS_AFTER:
        telling += _following(words, measured)
    named = list(dict.fromkeys(word for word in telling if word not in inside))
    return " ".join(named) or _vaguely(before, measured)


def _following(words: Sequence[Word], measured: Measurement) -> list[str]:
    """Return what the phrase after a number adds: 18 terabytes *of telemetry*."""
    found: list[str] = []
    for word in words:
        if word.start < measured.end:
            continue
        if word.lower in CONJUNCTIONS or word.lower[0].isdigit():
            break
        if _tells(word):
            found.append(word.lower)
    return found[:WORDS_AFTER]


def _vaguely(before: Sequence[Word], measured: Measurement) -> str:
    verbs = [w.lower for w in before if w.is_content and w.lower in _VERBS]
    if not measured.is_measure:
        return measured.unit
    if verbs:
        return verbs[-1]
    return "experience" if measured.unit.startswith("year") else ""


def _tells(word: Word) -> bool:
    return (
        word.is_content
        and word.lower not in _VERBS
        and word.lower not in _VAGUE
        and not word.lower[0].isdigit()
        and not numbers_in(word.lower)
    )


def _counts(text: str, number: Number, with_denied: bool) -> bool:
    before = text[: number.start]
    if _NAMED_BEFORE.search(before):
        return False
    if number.value == "1" and number.is_spelled:
        return bool(_PRONOUN_ONE.match(text, number.end))
    return with_denied or not _DENIED_BEFORE.search(before)


def _measured(text: str, number: Number) -> Measurement:
    sign = text[number.start - 1 : number.start]
    if sign in _CURRENCY:
        return Measurement(
            number.start - 1, number.end, number.value, _CURRENCY[sign], True
        )
    measure = _MEASURE.match(text, number.end)
    if measure is not None:
        unit, end = _with_rate(text, measure["unit"].lower(), measure.end())
        return Measurement(number.start, end, number.value, unit, True)
    is_year = _YEAR.match(number.value) and _YEAR_BEFORE.search(text[: number.start])
    if is_year:
        return Measurement(number.start, number.end, number.value, "year", True)
    unit, end = _counted(text, number.end)
    return Measurement(number.start, end, number.value, unit, False)


def _counted(text: str, start: int) -> tuple[str, int]:
    """Return the noun phrase that follows a number, and where it ends."""
    taken: list[Word] = []
    end = start
    for word in find_words(text=text[start : start + 60], offset=start):
        gap = text[end : word.start]
        if _GAP_IN_PHRASE.search(gap) or word.lower in STOP_WORDS - {"%"}:
            break
        if taken and (word.lower in _VERBS or _NOT_A_NOUN.match(word.lower)):
            break
        taken.append(word)
        end = word.end
        if len(taken) == UNIT_WORDS + 1:
            break
    unit = " ".join(word.lower for word in taken[-UNIT_WORDS:])
    unit, end = _with_rate(text, unit, end)
    return unit.strip(), end


def _with_rate(text: str, unit: str, end: int) -> tuple[str, int]:
    rate = _RATE.match(text, end)
    if rate is None:
        return unit[:MAX_UNIT_CHARACTERS], end
    whole = f"{unit}{re.sub(r'^ (?:an?|each|every) ', ' per ', rate[0])}"
    return (whole, rate.end()) if len(whole) <= MAX_UNIT_CHARACTERS else (unit, end)


def _is_range(text: str, first: Measurement, second: Number) -> bool:
    between = text[first.end : second.start]
    told = re.search(r"\b(?:from|between)\s+\S*\s*$", text[: first.start], re.I)
    match = _RANGE.fullmatch(between)
    return match is not None and (told is not None or " to " in between.lower())
