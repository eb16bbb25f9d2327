"""What a job description asks for: its requirements, each with its place in the text.

Rules, no model: lists, headings and the words that requirements are written in. An
advertisement in plain prose is read line by line.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from itertools import islice

from interviewer.scoring.words import content_words

MAX_CHARACTERS = 20_000
MAX_REQUIREMENTS = 200
MAX_REQUIREMENT_CHARACTERS = 160
LIST_COMMAS = 2  # a line with as many is a list of requirements
FEW_FIRM = 2  # from as many, lines that only might be requirements are none

WANTED, OPTIONAL, NO_REQUIREMENT = "wanted", "optional", "none"

# Words of every job advertisement say nothing about which question serves it.
_BOILERPLATE = """
    ability able about across advantage apply background benefit best bonus build
    candidate career collaborate comfortable company competitive contribute create
    culture daily day degree deliver develop drive engineer engineering environment
    equivalent etc excellent experience exposure familiar familiarity fast field
    good great grow growing growth hand help high hire ideal impact improve
    improvement including industry interest involve job join knowledge lead level
    like look love maintain member minimum modern must need new nice offer office
    opportunity pace part passion people plus position practice preferred product
    professional proficiency proven provide qualification quality related relevant
    remote required requirement responsibility responsible role salary senior
    similar skill software solid solution someone stack startup strong success
    support system take team technical technology thing tool understand
    understanding use using value want way well work working world year years"""

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_PART = re.compile(r"(?:(?!;|(?<=[.!?])\s+(?=[A-Z])).)+")
_COMMA_PART = re.compile(r"[^,]+")
_BULLET = re.compile(r"\s*(?:[-–—*•●▪·‣◦]|\d{1,2}[.)])\s")
_INLINE_HEADING = re.compile(r"([^,:]{1,30}):\s+(?=\S)")  # "Requirements: Python, …"
_MARGIN = " \t.-–—*•●▪·‣◦"

_SECTIONS = {
    NO_REQUIREMENT: re.compile(
        r"\b(?:about (?:us|the (?:company|team))|who we are|our (?:story|mission|values"
        r"|offer|culture)|benefits?|perks|(?:what )?we offer|what you(?:'ll| will)? get"
        r"|compensation|salary|pay|how to apply|(?:hiring|interview) process"
        r"|equal opportunit\w*|diversity|privacy|location|contact)\b",
        re.IGNORECASE,
    ),
    OPTIONAL: re.compile(
        r"\b(?:nice[ -]to[ -]haves?|bonus(?: points)?|a plus|pluses|preferred"
        r"|desirable|ideally|good to have|extra points)\b",
        re.IGNORECASE,
    ),
    WANTED: re.compile(
        r"\b(?:requirements?|qualifications?|responsibilities|duties|tasks|skills"
        r"|must[ -]haves?|you will|you'll|your (?:profile|role|job|tasks)|what you"
        r"|who you are|about you|we (?:look for|expect|need)|looking for"
        r"|the (?:role|job|position)|tech(?:nical)? stack|stack|experience|what we)\b",
        re.IGNORECASE,
    ),
}
MAX_HEADING_WORDS = 7
# What a sentence says when it asks for something.
_ASKS = re.compile(
    r"\b(?:experience[d]?|knowledge|familiar\w*|proficien\w*|fluent|fluency|expertise"
    r"|skills?|able to|ability|must|requires?d?|need|look(?:ing)? for|expect|you will"
    r"|you'll|you have|you know|you bring|you can|you are|years?|degree"
    r"|understanding|responsible for|comfortable)\b",
    re.IGNORECASE,
)

_NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("twelve", "fifteen"),
)
_NUMBER_WORDS = dict(zip(_NUMBERS, (*range(1, 11), 12, 15), strict=True))
_YEARS = re.compile(
    rf"\b(?:at least |about |around |minimum (?:of )?|over |more than )?"
    rf"(\d{{1,2}}|{'|'.join(_NUMBERS)})\s*\+?"
    rf"(?:\s*(?:-|–|to|or)\s*(?:\d{{1,2}}|{'|'.join(_NUMBERS)})\s*\+?)?\s+years?\b",
    re.IGNORECASE,
)
_YEARS_OF_LEVEL = {"junior": 2, "mid": 5, "senior": 9}  # fewer than these
_TITLE = re.compile(
    r"\b(?:engineer|developer|scientist|analyst|manager|architect|administrator|sre"
    r"|programmer|designer|consultant|owner)\b",
    re.IGNORECASE,
)
_TITLE_LEVELS = {
    "staff": re.compile(r"\b(?:staff|principal|distinguished)\b", re.IGNORECASE),
    "senior": re.compile(r"\b(?:senior|sr\.?|lead)\b", re.IGNORECASE),
    "junior": re.compile(
        r"\b(?:junior|jr\.?|graduate|entry[ -]level|intern|trainee|apprentice)\b",
        re.IGNORECASE,
    ),
}
MAX_TITLE_WORDS = 10
TITLE_LINES = 3


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in content_words(text=text))


_BOILERPLATE_STEMS = _stems(_BOILERPLATE)


@dataclasses.dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that the job asks for; `start` is its place in the description."""

    text: str  # shortened when it has no end
    start: int
    stems: frozenset[str]  # of the words that say something
    is_optional: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """What was read of a job description; `level` is empty when it names none."""

    requirements: tuple[Requirement, ...]
    level: str = ""
    level_quote: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    section: str  # that it stands in; empty when there was no heading
    is_bullet: bool


def read_job(text: str) -> Job:
    """Return what a job description asks for; equal texts give equal results."""
    text = text[:MAX_CHARACTERS]
    level, quote = _level(text)
    found = tuple(islice(_requirements(text), MAX_REQUIREMENTS))
    return Job(requirements=found, level=level, level_quote=quote)


def statements(text: str) -> Iterator[str]:
    """Yield everything that a description says, line by line, as it is written."""
    for line in _LINE.finditer(text[:MAX_CHARACTERS]):
        for part in _PART.finditer(line.group()):
            if words := part.group().strip(_MARGIN):
                yield _short(words)


def telling_stems(text: str) -> frozenset[str]:
    """Return the stems of a text without those of every advertisement."""
    return _stems(text[:MAX_CHARACTERS]) - _BOILERPLATE_STEMS


def _requirements(text: str) -> Iterator[Requirement]:
    found = [
        (requirement, is_firm)
        for line in _lines(text)
        if line.section != NO_REQUIREMENT
        for requirement, is_firm in _of_line(line)
    ]
    firm = [requirement for requirement, is_firm in found if is_firm]
    yield from firm if len(firm) >= FEW_FIRM else (r for r, _ in found)


def _lines(text: str) -> Iterator[_Line]:
    """Yield the lines below their headings; a heading of its own is no line."""
    section = ""
    for match in _LINE.finditer(text):
        line = match.group()
        is_bullet = _BULLET.match(line) is not None
        heading = "" if is_bullet else _heading(line)
        if heading:
            section = heading
            continue
        yield _Line(line, match.start(), section, is_bullet)


def _heading(line: str) -> str:
    """Return the section that a line of its own begins, or nothing."""
    words = line.strip(_MARGIN + ":")
    section = _section_of(words)
    if _INLINE_HEADING.search(line):
        return ""
    # "Experience" begins a section, "Experience with caching" is a requirement.
    says_more = section == WANTED and telling_stems(_SECTIONS[WANTED].sub("", words))
    return "" if says_more and not line.rstrip().endswith(":") else section


def _section_of(heading: str) -> str:
    if not heading or len(heading.split()) > MAX_HEADING_WORDS or "," in heading:
        return ""
    named = (name for name, words in _SECTIONS.items() if words.match(heading))
    return next(named, "")


def _of_line(line: _Line) -> Iterator[tuple[Requirement, bool]]:
    for part in _PART.finditer(line.text):
        section = line.section
        start, words = part.start(), part.group()
        heading = _INLINE_HEADING.match(words.lstrip(_MARGIN))
        if heading and _section_of(heading.group(1)):
            section = _section_of(heading.group(1))
            cut = words.index(heading.group()) + heading.end()
            start, words = start + cut, words[cut:]
        if section == NO_REQUIREMENT:
            continue
        is_firm = line.is_bullet or bool(section) or bool(_ASKS.search(words))
        for phrase_start, phrase in _phrases(words):
            stems = telling_stems(phrase)
            if stems:
                yield (
                    Requirement(
                        text=_short(phrase),
                        start=line.start + start + phrase_start,
                        stems=stems,
                        is_optional=section == OPTIONAL
                        or bool(_SECTIONS[OPTIONAL].search(words)),
                    ),
                    is_firm,
                )


def _phrases(words: str) -> Iterator[tuple[int, str]]:
    """Yield each requirement with its offset: a line, or the items of a long list."""
    pieces = [(0, words)]
    if words.count(",") >= LIST_COMMAS:
        pieces = [(m.start(), m.group()) for m in _COMMA_PART.finditer(words)]
    for start, piece in pieces:
        phrase = piece.strip(_MARGIN).removeprefix("and ")
        if phrase:
            yield start + piece.index(phrase), phrase


def _short(line: str) -> str:
    if len(line) <= MAX_REQUIREMENT_CHARACTERS:
        return line
    return line[:MAX_REQUIREMENT_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _level(text: str) -> tuple[str, str]:
    """Return the level that title or years name, with the words that name it."""
    for match in islice(_LINE.finditer(text), TITLE_LINES):
        title = match.group().strip()
        if len(title.split()) > MAX_TITLE_WORDS or not _TITLE.search(title):
            continue
        for level, words in _TITLE_LEVELS.items():
            if words.search(title):
                return level, title
    years = _YEARS.search(text)
    if years is None:
        return "", ""
    count = years.group(1).lower()
    number = int(count) if count.isdecimal() else _NUMBER_WORDS[count]
    fits = (level for level, below in _YEARS_OF_LEVEL.items() if number < below)
    return next(fits, "staff"), years.group().strip()
