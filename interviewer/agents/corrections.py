"""Sentences in which a candidate takes something back: it was 14, not 12.

The quote covers the whole correction, because the ledger reads from it which earlier
entry is meant: by the old value, by the unit, by the words they share.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence

from interviewer.agents.facts import MAX_QUOTE_CHARACTERS, Fact
from interviewer.agents.number_facts import Measurement, measurements, subject_of
from interviewer.agents.phrase_facts import shortened
from interviewer.scoring.sentences import SENTENCE, Stretch
from interviewer.scoring.words import find_words

# Said by nobody who is not correcting something.
_STRONG = re.compile(
    r"\b(?:correction|(?:to|must|should|let me|have to|need to|want to|can i|may i)"
    r"(?: \w+)? (?:correct|amend|revise|fix|rectify)\b|i (?:just )?(?:misspoke"
    r"|mis-?stated"
    r"|misremembered|meant|mixed (?:up|those up|that up)|was (?:wrong|mistaken|off)"
    r"|got (?:that|it|this) wrong|gave (?:you )?(?:the|a) wrong|should have said)"
    r"|(?:earlier|before),? i (?:said|mentioned|told|quoted|claimed|gave)"
    r"|i (?:said|mentioned|told you|quoted|claimed|gave)\b[^.!?]{0,60}\b(?:earlier"
    r"|before"
    r"|but|wrong|mistake|should|it was|in fact|actually)"
    r"|scratch that|make that|that (?:figure|number) was (?:wrong|off)|strike that"
    r"|(?:the )?(?:right|correct|real|true|proper|actual) (?:number|figure|value"
    r"|answer)"
    r"|(?:sorry|apologies)[,:;]|wrong (?:number|figure))",
    re.IGNORECASE,
)
# Said by people who correct, and by others.
_WEAK = re.compile(
    r"\b(?:actually|in fact|to be (?:precise|exact|accurate)|on reflection|looking back"
    r"|thinking about it|now that i think|not \S+ as|rather than|instead of|by now"
    r"|more (?:precisely|exactly)|having checked|i (?:have )?(?:since )?checked"
    r"|closer to"
    r"|come to think of it)\b|\bnot (?:the )?(?:\d|one|two|three|four|five|six|seven"
    r"|eight"
    r"|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety)",
    re.IGNORECASE,
)
_OLD_BEFORE = re.compile(
    r"\b(?:not|n't|n’t|rather than|instead of|than|wrongly|never)\s+(?:(?:that|it|we"
    r"|there"
    r"|was|were|had|the|a|about|around|just|only|of|as|from)\s+){0,5}[€$£]?$"
    r"|\bi (?:had |have )?(?:wrongly )?(?:said|mentioned|told|quoted|claimed|gave"
    r"|stated)\b"
    r"(?:(?!\b(?:but|it was|actually|should|in fact|really|rather"
    r"|meant)\b)[^.;!?]){0,60}$",
    re.IGNORECASE,
)
_OLD_AFTER = re.compile(
    r"^[^.;!?]{0,40}?\b(?:i (?:said|mentioned|told|gave|quoted|claimed)|(?:was"
    r"|is) (?:wrong"
    r"|off|incorrect|not right|not correct|too (?:high|low)|a slip|a mistake"
    r"|my mistake)"
    r"|earlier (?:should|was)|should (?:be|have been|read))\b",
    re.IGNORECASE,
)
_NO_LONGER = re.compile(
    r"\b(?:i|we) (?:no longer (?P<first>\w+ (?:with |on |for |in "
    r"|at )?[^,;.!?\n]{2,60})"
    r"|(?:don't|don’t|do not) (?P<second>\w+ (?:with |on |for |in "
    r"|at )?[^,;.!?\n]{2,60}?)"
    r" (?:any ?more|any longer))",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"\b(?P<new>[A-Z][\w+#.-]*\w)(?: \w+)?,? (?:and )?not (?:the |on |with |in )?"
    r"(?P<old>[A-Z][\w+#.-]*\w)\b"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Revision:
    """What a correcting sentence says: the value now, and those it replaces."""

    now: Measurement | None
    old_values: tuple[str, ...]
    is_sure: bool


def corrections(
    *, content: str, sentences: Sequence[Stretch], index: int, seq: int
) -> Iterator[Fact]:
    """Yield what the sentence at `index` corrects; nothing when it corrects nothing."""
    stretch = _whole(content, sentences, index)
    text = stretch.of(content)
    if (match := _NO_LONGER.search(text)) is not None:
        subject = shortened(match["first"] or match["second"], 8)
        yield _fact(content, stretch, seq, subject, "no longer", "", 0.8)
        return
    revision = read_revision(text)
    if revision.now is not None:
        subject = subject_of(
            words=find_words(text=text), measured=revision.now, since=0
        )
        one = revision.now
        confidence = 0.9 if revision.is_sure else 0.6
        subject = subject or one.unit or "correction"
        yield _fact(content, stretch, seq, subject, one.value, one.unit, confidence)
    elif _STRONG.search(text) or _WEAK.search(text):
        if (match := _INSTEAD.search(text)) is not None:
            yield _fact(content, stretch, seq, match["old"], match["new"], "", 0.7)


def read_revision(text: str) -> Revision:
    """Return what a correction says; a text that corrects nothing has no `now`."""
    is_sure = _STRONG.search(text) is not None
    if not is_sure and not _WEAK.search(text):
        return Revision(None, (), False)
    old, new = [], []
    for one in measurements(text=text, with_denied=True):
        (old if _is_old(text, one) else new).append(one)
    if new and not old and len(new) > 1 and not is_sure:
        return Revision(None, (), False)  # a comparison rather than a correction
    values = tuple(value for one in old for value in one.value.split(" to "))
    return Revision(new[-1] if new else None, values, is_sure)


def is_correction(text: str) -> bool:
    """Say whether the sentence corrects, or announces a correction."""
    return (
        _NO_LONGER.search(text) is not None
        or _STRONG.search(text) is not None
        or read_revision(text).now is not None
    )


def _is_old(text: str, one: Measurement) -> bool:
    if _OLD_BEFORE.search(text[: one.start]):
        return True
    return _OLD_AFTER.match(text[one.end :]) is not None


def _whole(content: str, sentences: Sequence[Stretch], index: int) -> Stretch:
    """Return the sentence, with the one before it when that announces a correction."""
    sentence = sentences[index]
    if index:
        before = sentences[index - 1]
        text = before.of(content)
        announces = _STRONG.search(text) and read_revision(text).now is None
        if announces and sentence.end - before.start <= MAX_QUOTE_CHARACTERS:
            return Stretch(before.start, sentence.end, SENTENCE)
    end = min(sentence.end, sentence.start + MAX_QUOTE_CHARACTERS)
    return Stretch(sentence.start, end, SENTENCE)


def _fact(
    content: str,
    stretch: Stretch,
    seq: int,
    subject: str,
    value: str,
    unit: str,
    confidence: float,
) -> Fact:
    return Fact(
        kind="correction",
        subject=subject,
        value=value,
        unit=unit,
        quote=stretch.of(content),
        start=stretch.start,
        seq=seq,
        confidence=confidence,
    )
