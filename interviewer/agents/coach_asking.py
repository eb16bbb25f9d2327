"""What a person asks the coach after the end, read by closed lists of phrases.

The first subject that matches decides. Nothing that is asked can change a score:
such requests are a subject of their own.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Sequence

from interviewer.agents.coach_evidence import InterviewEvidence, QuestionEvidence
from interviewer.scoring.instructions import find_instructions
from interviewer.scoring.words import content_words

SCORE = "score"
STRONGER = "stronger"
PRACTICE = "practice"
STRENGTHS = "strengths"
COMPARE = "compare"
MISTAKE = "mistake"
OVERALL = "overall"
RESCORING = "rescoring"
HIRING = "hiring"
PEOPLE = "people"
PERSON = "person"
UNCLEAR = "unclear"

MAX_READ_CHARACTERS = 1_000  # what is asked stands at the beginning

_MARK = r"(?:scores?|marks?|grades?|points|ratings?|judge?ments?)"
_SUBJECTS = (
    (
        RESCORING,
        rf"^(?!.*\b(?:how|what)\b).*\b(?:change|raise|increase|lower|adjust|update"
        rf"|correct|fix|round|bump|set|make|give)\b.{{0,40}}\b{_MARK}\b"
        r"|\bre-?(?:score|grade|evaluate|judge|mark)\b|\b(?:judge|score|grade) (?:it|me"
        r"|this|that|my answer) again\b|\bignore\b.{0,40}\b(?:instructions?|rules"
        r"|rubrics?|evidence)\b|\bsystem prompt\b|\bgive me (?:a )?\d+\b",
    ),
    (
        HIRING,
        r"\b(?:hired?|hiring|get the job|job offer|an offer|chances?|likelihood)\b"
        r"|\b(?:did|would|will|do|could) i (?:pass|fail|make it)\b"
        r"|\bready for (?:the|a|an|my|real)\b",
    ),
    (
        PEOPLE,
        r"\b(?:other|average|typical|most) (?:people|candidates?|users?|applicants?"
        r"|persons?|engineers?|interviewees?)\b|\b(?:than|to|with) (?:the )?others\b"
        r"|\bpercentile\b|\bmy rank\b",
    ),
    (
        PERSON,
        r"\bam i (?:\w+ )?(?:good|bad|smart|stupid|talented|qualified|senior"
        r"|junior|cut out)\b|\bwhat do you think (?:of|about) me\b",
    ),
    (
        STRONGER,
        r"\b(?:stronger|better|model|ideal|sample|example|right|correct|perfect|good"
        r"|improved) (?:answer|version|response)\b|\boutline\b|\brewrite\b"
        r"|\bimprove (?:my|the|this|that) answer\b|\bhow (?:should|could|would|can)"
        r" (?:i|you|one) (?:have )?(?:answer|sa(?:y|id)|respond)"
        r"|\bwhat (?:should|could) i (?:have )?sa(?:y|id)\b",
    ),
    (
        MISTAKE,
        r"\b(?:wrong(?:ly)?|mistakes?|mistaken|incorrect|false|contradict\w*)\b"
        r"|\bwas (?:i|it|that|this) (?:right|correct|true)\b",
    ),
    (
        COMPARE,
        r"\bcompar\w+\b|\bdifference between\b|\b(?:versus|vs)\b"
        r"|\bwhich (?:question|answer|one)\b.*\b(?:best|worst|better|worse|weakest"
        r"|strongest)\b",
    ),
    (OVERALL, r"\b(?:overall|total|final score|whole interview|altogether)\b"),
    (SCORE, r"^\W*(?:but )?why\b"),
    (
        PRACTICE,
        r"\b(?:practi[cs]e|improve|work on|focus|drill|study|learn|train|prepare"
        r"|raise|gaps?|weak(?:est|ness|nesses)?|next step|do next)\b",
    ),
    (
        SCORE,
        rf"\b(?:why|{_MARK}|explain|scored|rated|missing|missed|miss|lacking"
        r"|anchor|band)\b",
    ),
    (STRENGTHS, r"\b(?:well|good|strengths?|strong(?:est)?|keep|best|liked?)\b"),
)
_PATTERNS = tuple((subject, re.compile(phrase)) for subject, phrase in _SUBJECTS)

_ORDINALS = re.findall(
    r"\w+", "first second third fourth fifth sixth seventh eighth ninth tenth"
)
_NUMERALS = re.findall(r"\w+", "one two three four five six seven eight nine ten")
_NUMBER = rf"\d{{1,2}}|{'|'.join(_NUMERALS)}"
_ORDINAL = rf"{'|'.join(_ORDINALS)}|last|\d{{1,2}}(?:st|nd|rd|th)"
# "a quorum with 3 replicas" and "what to practice first" name no question.
_NAMED = re.compile(
    rf"(?:\b(?:questions?|answers?|numbers?|no|q|compare)\.? ?|\#)({_NUMBER})\b"
    rf"|\b(?:and|or|with|versus|vs)\.? ({_NUMBER})(?=\W*$|[,.?!]| and| or)"
    rf"|\b({_ORDINAL})(?= (?:one|question|answer|story)\b)"
    rf"|\b(?:the|my) ({_ORDINAL})(?=\W*$| and| or)"
    r"|^\W*(\d{1,2})\W*$"
)
_SPOKEN_OF = re.compile(r"\b[Qq]uestion (\d{1,2})\b")
# Words of the request itself, which name no topic.
_REQUEST_WORDS = (
    "question answer score point why strong stronger better weak practice wrong right"
    " say said tell show give get explain mean think work improve good well missing"
    " mistake compare example part thing coach interview number mark high low about"
    " help know"
)
_MIN_SHARED_WORDS = 2  # with a question's own words; one is enough with its label


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """A request, the questions that it names, and the one last spoken of, if any."""

    subject: str
    numbers: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()  # numbers that no question has
    carried: int | None = None
    words: frozenset[str] = frozenset()  # stems that may name a topic


def read_asked(
    *, asked: str, evidence: InterviewEvidence, earlier: Sequence[str] = ()
) -> Asked:
    """Return what is asked; `earlier` are the coach's answers so far."""
    asked = asked[:MAX_READ_CHARACTERS]
    plain = unicodedata.normalize("NFKC", asked).replace("’", "'").lower()
    text = " ".join(plain.split())
    words = _topic_words(text)
    named = tuple(dict.fromkeys(_named_numbers(text, evidence)))
    numbers = tuple(n for n in named if evidence.question(n)) or _by_topic(
        words, evidence
    )
    return Asked(
        subject=_subject(asked, text, named or numbers),
        numbers=numbers,
        unknown=tuple(n for n in named if not evidence.question(n)),
        carried=_last_spoken_of(evidence, earlier),
        words=words,
    )


def shares_topic(*, words: frozenset[str], text: str) -> bool:
    """Say whether the text has half of the words by which a topic was named."""
    return bool(words) and 2 * len(words & _stems(text)) >= len(words)


def _subject(asked: str, text: str, named: Sequence[int]) -> str:
    if find_instructions(text=asked):
        return RESCORING
    for subject, pattern in _PATTERNS:
        if pattern.search(text):
            return subject
    return SCORE if named else UNCLEAR


def _named_numbers(text: str, evidence: InterviewEvidence) -> Iterator[int]:
    for match in _NAMED.finditer(text):
        word = next(group for group in match.groups() if group)
        digits = re.match(r"\d+", word)
        if digits:
            yield int(digits.group())
        elif word == "last":
            yield max((q.number for q in evidence.questions), default=0)
        else:
            yield (_ORDINALS if word in _ORDINALS else _NUMERALS).index(word) + 1


def _by_topic(words: frozenset[str], evidence: InterviewEvidence) -> tuple[int, ...]:
    """Return the one question that these words fit best, if there is one."""
    fits = sorted(
        ((_fit(words, question), question.number) for question in evidence.questions),
        reverse=True,
    )
    if not fits or fits[0][0] < _MIN_SHARED_WORDS:
        return ()
    is_unique = len(fits) == 1 or fits[0][0] > fits[1][0]
    return (fits[0][1],) if is_unique else ()


def _fit(words: frozenset[str], question: QuestionEvidence) -> int:
    said = " ".join([question.text, *(point.text for point in question.points)])
    return _MIN_SHARED_WORDS * len(words & _stems(question.label)) + len(
        words & _stems(said)
    )


def _topic_words(text: str) -> frozenset[str]:
    return _stems(text) - _stems(_REQUEST_WORDS)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in content_words(text=text))


def _last_spoken_of(evidence: InterviewEvidence, earlier: Sequence[str]) -> int | None:
    for text in reversed(earlier):
        spoken = _SPOKEN_OF.search(text)
        if spoken and evidence.question(int(spoken[1])):
            return int(spoken[1])
    return None
