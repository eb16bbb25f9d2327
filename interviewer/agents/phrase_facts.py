"""What an answer says besides numbers: deeds, employers, tools, gaps, promises."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interviewer.agents.facts import (
    MAX_QUOTE_CHARACTERS,
    MAX_SUBJECT_CHARACTERS,
    MAX_VALUE_CHARACTERS,
    Fact,
    FactKind,
)
from interviewer.agents.numerals import numbers_in
from interviewer.agents.statements import is_about_speaker, is_own_experience
from interviewer.reading.technologies import TECHNOLOGY
from interviewer.scoring.sentences import Stretch

MAX_OBJECT_WORDS = 9

_END = (
    r"(?=[,;:.!?()](?:\s|$)|$|\s+(?:but|because|so|although|though|since|while|which"
    r"|before|until|yet|and (?:i|we|that|it|then)|only)\b)"
)
_OBJECT = rf"(?P<object>[^,;:!?()\n]{{2,90}}?){_END}"
_ADVERB = r"(?:(?:\w+ly|also|just|even|still|yet|much|myself|very|too|that|all) )*"
_HAVE = r"(?:'ve|’ve| have|'d|’d| had)?"
_DONE = (
    r"(?:used|worked (?:with|on|in)|touched|tried|written|built|managed|led|run|done"
    r"|operated|deployed|configured|learned|owned|set up|been responsible for)"
)


def _patterns(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_GAPS = _patterns(
    rf"\bi{_HAVE} never {_ADVERB}(?:actually )?{_DONE} {_OBJECT}",
    rf"\bi (?:haven't|haven’t|have not|hadn't|had not) {_ADVERB}{_DONE} {_OBJECT}",
    r"\b(?:no|little|hardly any|zero|not much"
    r"|not a lot of) (?:[\w-]+ ){0,2}?(?:experience"
    rf"|knowledge|exposure|practice) (?:with|in|of|on|to|at) {_OBJECT}",
    rf"\bi(?: am|'m|’m) not {_ADVERB}(?:familiar|comfortable|confident|experienced)"
    rf" (?:with|in) {_OBJECT}",
    rf"\bi (?:do not|don't|don’t) {_ADVERB}know (?:much |enough |anything )?(?:about )?"
    rf"{_OBJECT}",
    rf"\bi lack {_ADVERB}(?:experience (?:with|in) )?{_OBJECT}",
)
_BLIND_SPOT = re.compile(
    r"^\W*(?:my (?:experience|knowledge) (?:with|in|of) )?(?P<object>[\w+#. -]{2,50}?)"
    r" (?:is|are|was|remains?|has been) (?:\w+ )?(?:a gap|a blind spot|new to me"
    r"|unknown"
    r" territory|thin|limited|superficial|rusty|shallow)\b",
    re.IGNORECASE,
)
_COMMITMENTS = _patterns(
    r"\bi(?: will|'ll|’ll| am going to|'m going to|’m going to| intend to| plan to"
    rf"| have decided to| promise to| want to) {_ADVERB}"
    r"(?!(?:be|say|admit|start (?:by|with)|tell|try to explain|give you|explain"
    r"|have)\b)"
    rf"{_OBJECT}",
    rf"\b(?:my|our) (?:next|first) step (?:is|will be) (?:to )?{_OBJECT}",
)
_OPEN_THREADS = _patterns(
    r"\b(?P<object>[^.!?\n]{0,60}\b(?:come back to|get back to|return to"
    r"|go into (?:that"
    r"|more detail)|more on that|another story|longer story)\b[^.!?\n]{0,40})",
    r"\b(?P<object>[^.!?\n]{0,60}\b(?:have to|need to|would have to|must) (?:look"
    r"|check)"
    r"(?: (?:it|that|this))? (?:up|again|first)\b[^.!?\n]{0,40})",
    r"\bi (?:don't|don’t|do not|can't|can’t|cannot) (?:remember|recall)"
    rf" {_OBJECT}",
)
_CLAIM = re.compile(
    rf"\bi {_ADVERB}(?P<verb>led|built|designed|created|founded|introduced|launched"
    r"|migrated|rewrote|replaced|owned|managed|mentored|negotiated|automated|invented"
    r"|started|shipped|wrote|hired|chose|decided|proposed|persuaded|convinced|reduced"
    rf"|stopped|fixed|coordinated|organized|organised|trained|taught|saved) {_OBJECT}",
    re.IGNORECASE,
)
_EMPLOYER = re.compile(
    r"\b(?:(?:[Ww]ork(?:ed|ing)?|[Jj]ob|[Rr]ole|[Pp]osition|[Ee]mployed|[Ii]ntern(?:ed"
    r"|ship)?|[Yy]ears|[Mm]onths|[Tt]ime|[Cc]ompany|[Ff]irm|was|were)"
    r" (?:at|for|by|with|called|named)|[Jj]oined|(?:[Ee]mployer|[Cc]ompany|[Ff]irm)"
    r" (?:was|is)) (?:an? |the )?"
    r"(?P<name>[A-Z][\w&'’-]*[a-z]\b(?: (?:of |and |& )?[A-Z][\w&'’-]+){0,3})"
)
_USED = re.compile(
    r"\b(?:use[ds]?|using|work(?:ed|ing)? (?:with|in|on)|wr(?:ote|itten|ite|iting)"
    r"|built|build|ran|run(?:ning)?|chose|deploy(?:ed)?|move[ds]? (?:to|onto)|migrated"
    r"|switched|maintain(?:ed)?|operated?|on top of|based on|stack|debugg?(?:ed|ing)"
    r"|tuned|adopt(?:ed)?|introduc(?:ed|ing)|know|fluent|experience|prefer|mostly)\b",
    re.IGNORECASE,
)


def phrase_facts(*, content: str, sentence: Stretch, seq: int) -> Iterator[Fact]:
    """Yield what this sentence says besides numbers."""
    text = sentence.of(content)
    reader = _Reader(content, sentence, seq)
    gaps = [*reader.found("gap", _GAPS, 0.9)]
    gaps += reader.found("gap", (_BLIND_SPOT,), 0.8)
    yield from gaps
    yield from reader.found("commitment", _COMMITMENTS, 0.8)
    yield from reader.found("open_thread", _OPEN_THREADS, 0.7)
    if gaps or not is_own_experience(text):
        return
    yield from reader.claims()
    yield from reader.employers()
    yield from reader.skills()


class _Reader:
    """One sentence, as the patterns see it."""

    def __init__(self, content: str, sentence: Stretch, seq: int) -> None:
        self._text = sentence.of(content)
        self._start = sentence.start
        self._seq = seq

    def found(
        self, kind: FactKind, patterns: tuple[re.Pattern[str], ...], confidence: float
    ) -> Iterator[Fact]:
        for pattern in patterns:
            match = pattern.search(self._text)
            if match is not None:
                subject = shortened(match["object"], MAX_OBJECT_WORDS)
                yield self._fact(kind, subject, "", confidence)
                return

    def claims(self) -> Iterator[Fact]:
        for match in _CLAIM.finditer(self._text):
            deed = f"{match['verb'].lower()} {match['object']}"
            # A number has an entry of its own.
            if not numbers_in(deed):
                yield self._fact("claim", shortened(deed, MAX_OBJECT_WORDS), "", 0.6)

    def employers(self) -> Iterator[Fact]:
        for match in _EMPLOYER.finditer(self._text):
            name = match["name"]
            if not TECHNOLOGY.search(name):
                yield self._fact("claim", "worked at", name, 0.8, match.start("name"))

    def skills(self) -> Iterator[Fact]:
        if not _USED.search(self._text) or not is_about_speaker(self._text):
            return
        for name in dict.fromkeys(m[0] for m in TECHNOLOGY.finditer(self._text)):
            yield self._fact("skill", name, "", 0.7)

    def _fact(
        self,
        kind: FactKind,
        subject: str,
        value: str,
        confidence: float,
        offset: int = 0,
    ) -> Fact:
        return Fact(
            kind=kind,
            subject=subject[:MAX_SUBJECT_CHARACTERS],
            value=value[:MAX_VALUE_CHARACTERS],
            quote=self._text[offset : offset + MAX_QUOTE_CHARACTERS],
            start=self._start + offset,
            seq=self._seq,
            confidence=confidence,
        )


def shortened(text: str, words: int) -> str:
    """Return the first words of the text, on one line."""
    return " ".join(text.split()[:words]).strip(" .,;:-")
