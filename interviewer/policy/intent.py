"""Commands that a candidate may type instead of an answer.

A closed list that must match the whole text: an answer that mentions skipping
or repeating stays an answer.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Intent = Literal["answer", "repeat", "skip", "hint", "clarify", "ask", "inquiry"]

MAX_COMMAND_CHARACTERS = 120
_COURTESY = re.compile(
    r"\b(?:please|sorry|excuse me|thanks|thank you|okay|ok|well|hey|hi|erm|um+|uh+"
    r"|hmm+)(?=\s|$)"
)
_QUESTION = r"(?:(?:that|it|this|the|last)(?: last)?(?: question| one| part)?)"
_DIFFERENTLY = r"(?:differently|(?:in )?another way|in other words)"
_OBJECT = r"(?:that|this|the question|what you mean)"
_ASKING = r"(?:(?:can|could|would|will|may) (?:you|we|i) )"

_COMMANDS: dict[Intent, re.Pattern[str]] = {
    "repeat": re.compile(
        rf"{_ASKING}?(?:just )?(?:repeat|reread)(?: {_QUESTION})?"
        rf"|{_ASKING}?say {_QUESTION} (?:again|once more|one more time)"
        rf"|{_ASKING}?ask (?:me )?{_QUESTION} again"
        r"|(?:pardon(?: me)?|come again|again|once more|what)"
        r"|what was (?:that|the question)(?: again)?"
        r"|what did you (?:say|ask)"
        r"|(?:i )?(?:did not|didn't) (?:catch|hear)(?: that| you| the question)?"
    ),
    "skip": re.compile(
        rf"(?:{_ASKING}|i(?:'d| would) like to |i want to |let's |let us )?"
        rf"(?:skip|move on from)(?: {_QUESTION})?"
        rf"|(?:{_ASKING}|i(?:'d| would) like to |let's |let us )?"
        r"(?:move on|go (?:on )?to the next (?:one|question))"
        r"|next(?: question| one)?"
    ),
    "hint": re.compile(
        rf"(?:{_ASKING}(?:have|get|give me) |give me |i need |i(?:'d| would) like )?"
        r"(?:a |any |another |some )?hints?"
        rf"|{_ASKING}?help me(?: out| with {_QUESTION})?|i need (?:some )?help"
    ),
    "clarify": re.compile(
        r"what do you mean(?: by (?:that|this|the question))?"
        rf"|{_ASKING}?(?:clarify|rephrase|explain)(?: {_QUESTION})?"
        rf"|{_ASKING}?(?:put|ask|say) {_QUESTION} {_DIFFERENTLY}"
        rf"|(?:i )?(?:do not|don't) understand(?: {_OBJECT})?"
        r"|what does (?:that|this|the question) mean"
        r"|i(?:'m| am) not sure what you (?:mean|are asking)"
    ),
}


# A short text that ends as a question and says one of these is no answer.
_ABOUT_THE_QUESTION = re.compile(
    r"\b(?:do|did|can|could|would) you (?:mean|want|clarify|explain|rephrase)\b"
    r"|\bwhat (?:do|did) you mean\b|\bwhat (?:is|are) you asking\b"
    r"|\b(?:do|should|may|can) i (?:need to|have to|use|write|assume|choose|pick)\b"
    r"|\b(?:understand|understood|get) (?:the|your|this) question\b"
)


def read_intent(text: str) -> Intent:
    """Return the command that the whole text is, or "answer".

    A short question back about the question counts as asking for clarity.
    """
    if len(text) > MAX_COMMAND_CHARACTERS:
        return "answer"
    spoken = _spoken(text)
    for intent, pattern in _COMMANDS.items():
        if pattern.fullmatch(spoken):
            return intent
    asks_back = text.rstrip().endswith("?") and _ABOUT_THE_QUESTION.search(spoken)
    return "clarify" if asks_back else "answer"


def _spoken(text: str) -> str:
    """Return the lower-case words without punctuation and courtesy."""
    folded = unicodedata.normalize("NFKC", text).replace("’", "'").lower()
    words = re.sub(r"[^\w']+", " ", folded)
    return " ".join(_COURTESY.sub(" ", words).split())
