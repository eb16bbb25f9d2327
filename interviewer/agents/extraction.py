"""Facts by rules: what an answer states, and what the interviewer asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interviewer.agents.corrections import corrections, is_correction
from interviewer.agents.facts import Fact
from interviewer.agents.number_facts import number_facts
from interviewer.agents.phrase_facts import phrase_facts, shortened
from interviewer.agents.statements import is_own_experience, statements
from interviewer.scoring.sentences import Stretch, split_sentences

EXTRACTOR = "rules 1"  # provenance of what these rules propose

MAX_FACTS_PER_ANSWER = 24
QUESTION_WORDS = 14


def answer_facts(*, content: str, seq: int) -> tuple[Fact, ...]:
    """Return the facts that a candidate's answer proposes, in its order."""
    sentences = tuple(statements(content=content))
    found = [
        fact
        for index in range(len(sentences))
        for fact in _of_sentence(content, sentences, index, seq)
    ]
    return tuple(_distinct(found))[:MAX_FACTS_PER_ANSWER]


def question_facts(*, content: str, seq: int) -> tuple[Fact, ...]:
    """Return the question that an interviewer's message asks, if it asks one."""
    asked = [s for s in split_sentences(text=content) if s.of(content).endswith("?")]
    sentences = asked or list(split_sentences(text=content)[-1:])
    if not sentences:
        return ()
    sentence = sentences[0]
    quote = sentence.of(content)[:400]
    return (
        Fact(
            kind="asked_question",
            subject=shortened(quote, QUESTION_WORDS)[:120],
            quote=quote,
            start=sentence.start,
            seq=seq,
        ),
    )


def _of_sentence(
    content: str, sentences: Sequence[Stretch], index: int, seq: int
) -> Iterator[Fact]:
    corrected = tuple(
        corrections(content=content, sentences=sentences, index=index, seq=seq)
    )
    yield from corrected
    text = sentences[index].of(content)
    if corrected or is_correction(text):
        return
    if is_own_experience(text):
        yield from number_facts(content=content, sentence=sentences[index], seq=seq)
    yield from phrase_facts(content=content, sentence=sentences[index], seq=seq)


def _distinct(facts: Sequence[Fact]) -> Iterator[Fact]:
    # What the table's unique key takes for the same fact, and what only repeats.
    seen: set[tuple[str, str, object]] = set()
    for fact in facts:
        place = (fact.kind, fact.subject, fact.start)
        words = (fact.kind, fact.subject, (fact.value, fact.unit))
        if place not in seen and words not in seen:
            seen |= {place, words}
            yield fact
