"""Find text that speaks to the system instead of answering.

Nothing here could obey an instruction; finding it keeps such text out of what is
scored, and lets the page say so. Sentences in quotation marks are left alone, so
that an answer about prompt injection can give its example.
"""

from __future__ import annotations

import re

from interviewer.scoring.sentences import split_sentences

_SCORES = r"(?:scores?|marks?|points?|grades?|ratings?|stars?|credits?)"
_RULES = r"(?:instructions?|prompts?|rubrics?|rules|guidelines|criteria|messages?)"
_RATER = (
    r"(?:graders?|scorers?|evaluators?|assessors?|examiners?|judges?|raters?|assistant"
    r"|ai|llm|chatgpt|gpt|language model|system)"
)
_START = r"(?:^|(?<=[.!?]\s))\W*"
_PATTERNS = (
    rf"\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.!?\n]{{0,40}}\b{_RULES}\b",
    r"\b(?:give|award|assign|grant|get)\b[^.!?\n]{0,40}\b(?:full|maximum|max|top|highest"
    rf"|perfect|best|high|100|10/10|5/5)\b[^.!?\n]{{0,15}}\b{_SCORES}\b",
    r"\b(?:give|award|assign|grant)\s+(?:me|this|it|the candidate|the answer)\b[^.!?\n]"
    r"{0,20}\b(?:\d{1,3}\s*(?:/|out of|%|percent|points)|an?\s+[a-f][+-]?\b(?=[.!]|$))",
    r"\b(?:score|rate|grade|mark)\s+(?:this|my|the|it)\b[^.!?\n]{0,30}\b(?:as|with|at)\b"
    r"[^.!?\n]{0,20}(?:\d|full|max|perfect|highest|correct|excellent|strong|hit)",
    rf"\b(?:set|change|make|output|return|print)\b[^.!?\n]{{0,25}}\b{_SCORES}\b\s*(?:to|=|:"
    r"|of)\s*\d",
    rf"\byou are (?:now |an? |the |no longer ){{1,2}}(?:\w+ )?{_RATER}\b",
    rf"{_START}(?:dear|hey|hi|attention|note to(?: the)?)\s+{_RATER}\b",
    r"\b(?:pretend|act|behave|respond)\s+as\s+(?:if|though|an?)\b[^.!?\n]{0,40}"
    rf"\b(?:{_RATER}|correct|perfect|{_SCORES})\b",
    r"\bmark\s+(?:all|every|each)\b[^.!?\n]{0,30}\b(?:covered|hit|correct|complete)\b",
    rf"{_START}(?:system|assistant|developer|user|human)\s*(?:prompt|message)?\s*[:>]",
    r"</?\s*(?:system|assistant|user|instructions?|prompt|inst|answer|script)\b[^>]*>",
    r"\[/?(?:inst|system|assistant|user)\]|<\|[^|>]{1,30}\|>|^\W*\#{2,}\s*(?:system"
    r"|instruction|response)",
    r"\{\s*\"(?:score|grade|rating|points|overall|result)\"\s*:",
    r"\bnew instructions?\s*:|\bend of (?:the )?(?:answer|instructions?)\b",
)
_ADDRESSED = re.compile("|".join(f"(?:{p})" for p in _PATTERNS), re.I | re.M)
_QUOTED = re.compile(r"[\"“”„«»][^\"“”„«»\n]*[\"“”„«»]|'[^'\n]{12,}'(?!\w)")


def find_instructions(*, text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of sentences that address the system."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    hits = [
        match.span()
        for match in _ADDRESSED.finditer(text)
        if not any(
            start < match.start() and match.end() <= end for start, end in quoted
        )
    ]
    return tuple(
        (sentence.start, sentence.end)
        for sentence in split_sentences(text=text)
        if any(start < sentence.end and sentence.start < end for start, end in hits)
    )
