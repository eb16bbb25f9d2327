"""Which sentences state something about the candidate, and which only talk.

Questions, suppositions, textbook knowledge, other people's stories and text that
speaks to the system state nothing: no fact is read from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from interviewer.scoring.instructions import find_instructions
from interviewer.scoring.sentences import Stretch, split_sentences

_SUPPOSED = re.compile(
    r"\bif\b(?! (?:i|we) (?:remember|recall|am not|'m not)| memory)"
    r"|\b(?:suppose|supposing|imagine|assume|assuming|hypothetical(?:ly)?|pretend"
    r"|for (?:example|instance)|e\.g\.|let(?:'|’)?s say|say,? you|say there)\b"
    r"|\b(?:would|could|might|should)\b(?! (?:say|estimate|guess|put it|have said))"
    r"|\b(?:in theory|textbook|rule of thumb|in general|generally|typically|usually"
    r"|normally|a typical|anything (?:above|below|over|under))\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:a friend|my friend|my (?:brother|sister|cousin|wife|husband|partner)"
    r"|i(?:'ve| have)? (?:once |recently )?(?:read|heard|saw) "
    r"|(?:an? |the |that )?(?:article|blog|podcast|talk|conference|paper|documentation)"
    r" (?:says|said|claims|claimed|describes|described|mentioned|about|by|from)"
    r"|another company|other companies|some companies|most (?:companies|people|teams)"
    r"|people (?:say|claim|often)|(?:netflix|google|amazon|facebook|meta|uber) (?:has"
    r"|runs"
    r"|ran|had|uses|used|claims))\b",
    re.IGNORECASE,
)


def statements(*, content: str) -> Iterator[Stretch]:
    """Yield the sentences from which facts may be read."""
    addressed = find_instructions(text=content)
    for sentence in split_sentences(text=content):
        text = sentence.of(content)
        if text.endswith("?"):
            continue
        if any(
            start < sentence.end and sentence.start < end for start, end in addressed
        ):
            continue
        yield sentence


def is_own_experience(text: str) -> bool:
    """Say whether the sentence tells what was, not what one would do or has read."""
    return not _SUPPOSED.search(text) and not _OTHERS.search(text)
