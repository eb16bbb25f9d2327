"""Pairs of requests that look alike, and whether the second may get the first's reply.

A pair says: in conversation A the model answered `reply_a`; now conversation B asks.
Almost all of them are traps, where something differs that a careless key misses; the
others are the same request and should be served.
"""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Callable
from random import Random
from typing import Any

from interviewer.benchmarks.responses.trap_texts import (
    FIELDS,
    OTHER_WORDS,
    REQUESTS,
    WORDS,
    answer,
    context,
    conversation,
)

SEED = 20
EACH = 112  # pairs of a kind
EXCHANGES = (3, 8)
BEYOND = 100  # characters that careless keys look at


@dataclasses.dataclass(frozen=True, slots=True)
class Trap:
    """A pair in the form of a trace, what kind it is and what is right."""

    kind: str
    pair: dict[str, Any]
    expected: bool  # whether B is to be served A's reply


Twist = Callable[[Random, dict[str, Any]], None]  # changes the B of an equal pair


def make_traps(*, seed: int = SEED, each: int = EACH) -> list[Trap]:
    """Return the pairs, `each` of every kind; equal for equal arguments."""
    random = Random(seed)
    traps = []
    for kind, twist in (TRAPS | SERVED).items():
        for number in range(each):
            pair = _equal_pair(random, f"{kind}-{number}")
            twist(random, pair)
            traps.append(Trap(kind, pair, expected=kind in SERVED))
    return traps


def _equal_pair(random: Random, id_: str) -> dict[str, Any]:
    said = conversation(random, exchanges=random.randint(*EXCHANGES))
    fields = context(random)
    return {
        "id": id_,
        "conversation_a": said,
        "reply_a": f"{answer(random, sentences=1)} What came next? ({id_})",
        "conversation_b": copy.deepcopy(said),
        "context_a": fields,
        "context_b": dict(fields),
        "same_session": True,
    }


# Other words


def _other_word(random: Random, pair: dict[str, Any]) -> None:
    message = random.choice(pair["conversation_b"])
    words = message["content"].split(" ")
    place = random.randrange(len(words))
    words[place] = _unlike(random, words[place])
    message["content"] = " ".join(words)


def _unlike(random: Random, word: str) -> str:
    return random.choice([other for other in OTHER_WORDS if other != word])


def _other_last_word(random: Random, pair: dict[str, Any]) -> None:
    _add(random, pair, -1, "It was about the {}.")
    word = random.randrange(len(WORDS))
    _fill_in(pair, WORDS[word], OTHER_WORDS[word])


def _other_number(random: Random, pair: dict[str, Any]) -> None:
    _add_about(random, pair, "It took {} minutes in the end.")
    number = random.randrange(10, 90)
    _fill_in(pair, str(number), str(number + random.choice((-1, 1, 10))))


def _negated(random: Random, pair: dict[str, Any]) -> None:
    _add_about(random, pair, "Our customers did {}notice the change.")
    _fill_in(pair, *random.sample(["", "not "], 2))


def _other_unit(random: Random, pair: dict[str, Any]) -> None:
    number = random.randrange(2, 500)
    _add_about(random, pair, f"A request took {number} {{}} at that time.")
    _fill_in(pair, *random.sample(["ms", "s", "µs", "minutes"], 2))


def _other_case(random: Random, pair: dict[str, Any]) -> None:
    _add_about(random, pair, "I would call it {}.")
    _fill_in(pair, *random.choice([("Go", "go"), ("O(n)", "O(N)"), ("US", "us")]))


def _other_mark(random: Random, pair: dict[str, Any]) -> None:
    _add_about(random, pair, "In the end it was {}")
    marks = ["O(n).", "O n.", "O(n)?", "O(n)", "O(n!)."]
    _fill_in(pair, *random.sample(marks, 2))


def _add_about(random: Random, pair: dict[str, Any], sentence: str) -> None:
    """Say the sentence in one of the candidate's messages, on both sides."""
    place = random.randrange(1, len(pair["conversation_a"]), 2)
    _add(random, pair, place, sentence)


def _add(random: Random, pair: dict[str, Any], place: int, sentence: str) -> None:
    words = pair["conversation_a"][place]["content"]
    if words in REQUESTS:
        # With a sentence more it is no request, and too little for an answer.
        words = answer(random, sentences=1)
    for side in ("a", "b"):
        pair[f"conversation_{side}"][place]["content"] = f"{words} {sentence}"


def _fill_in(pair: dict[str, Any], for_a: str, for_b: str) -> None:
    for side, words in (("a", for_a), ("b", for_b)):
        for message in pair[f"conversation_{side}"]:
            message["content"] = message["content"].replace("{}", words)


def _other_ending(random: Random, pair: dict[str, Any]) -> None:
    beginning = ""
    while len(beginning) <= BEYOND:
        beginning += answer(random, sentences=1) + " "
    for side, ending in (("a", "It failed."), ("b", "It worked.")):
        pair[f"conversation_{side}"][-1]["content"] = beginning + ending


# Another state


def _other_question(random: Random, pair: dict[str, Any]) -> None:
    question = pair["conversation_b"][-2]
    question["content"] = f"{question['content']} Why?"


def _other_beginning(random: Random, pair: dict[str, Any]) -> None:
    pair["conversation_b"][0]["content"] += " Take your time."


def _longer(kept: int) -> Twist:
    """Return a twist: another history before the same last `kept` messages."""

    def twist(random: Random, pair: dict[str, Any]) -> None:
        earlier = conversation(random, exchanges=random.randint(1, 4))
        if kept % 2:
            earlier.append(dict(pair["conversation_a"][-kept - 1]))
        pair["conversation_b"] = [*earlier, *pair["conversation_b"][-kept:]]

    return twist


def _one_more_exchange(random: Random, pair: dict[str, Any]) -> None:
    # The same words twice: under the next question they are another answer.
    question = conversation(random, exchanges=1)[0]
    pair["conversation_b"] += [question, dict(pair["conversation_b"][-1])]


def _one_exchange_less(random: Random, pair: dict[str, Any]) -> None:
    place = random.randrange(0, len(pair["conversation_b"]) - 2, 2)
    del pair["conversation_b"][place : place + 2]


def _swapped(random: Random, pair: dict[str, Any]) -> None:
    said = pair["conversation_b"]
    first, second = 1, random.randrange(3, len(said), 2)
    if said[first] == said[second]:
        said[first]["content"] += " And more."
    said[first], said[second] = said[second], said[first]


def _other_border(random: Random, pair: dict[str, Any]) -> None:
    """Move a word over the border between two messages."""
    said = pair["conversation_b"]
    place = random.randrange(len(said) - 1)
    words, word = said[place]["content"].rsplit(" ", 1)
    said[place]["content"] = words
    said[place + 1]["content"] = f"{word} {said[place + 1]['content']}"


def _other_speaker(random: Random, pair: dict[str, Any]) -> None:
    """Let the interviewer say the last of what the candidate said earlier."""
    said = pair["conversation_b"]
    words, sentence = said[1]["content"], " I see."
    pair["conversation_a"][1]["content"] = words + sentence
    pair["conversation_b"][2]["content"] = f"I see. {said[2]['content']}"


def _other_field(name: str) -> Twist:
    def twist(random: Random, pair: dict[str, Any]) -> None:
        others = [value for value in FIELDS[name] if value != pair["context_a"][name]]
        pair["context_b"][name] = random.choice(others)

    return twist


def _other_person(random: Random, pair: dict[str, Any]) -> None:
    pair["context_b"]["user"] += "-b"
    pair["same_session"] = False


def _other_session(random: Random, pair: dict[str, Any]) -> None:
    pair["same_session"] = False


# The same request


def _unchanged(random: Random, pair: dict[str, Any]) -> None:
    pass


def _other_spaces(random: Random, pair: dict[str, Any]) -> None:
    last = pair["conversation_b"][-1]
    words = re.split(" ", last["content"])
    place = random.randrange(1, len(words))
    spaced = f"{' '.join(words[:place])}  {' '.join(words[place:])}"
    last["content"] = random.choice((f" {spaced}", f"{spaced}\r\n", f"\n{spaced}\t"))


TRAPS: dict[str, Twist] = {
    "one word anywhere": _other_word,
    "one word of the last message": _other_last_word,
    "number": _other_number,
    "negation": _negated,
    "unit": _other_unit,
    "case": _other_case,
    "punctuation": _other_mark,
    f"ending after {BEYOND} characters": _other_ending,
    "question": _other_question,
    "beginning": _other_beginning,
    "same last message": _longer(1),
    "same last 3 messages": _longer(3),
    "same last 5 messages": _longer(5),
    "one exchange more": _one_more_exchange,
    "one exchange less": _one_exchange_less,
    "order": _swapped,
    "border between messages": _other_border,
    "speaker": _other_speaker,
    **{name: _other_field(name) for name in FIELDS},
    "user": _other_person,
    "session": _other_session,
}
SERVED: dict[str, Twist] = {"resend": _unchanged, "spaces": _other_spaces}
KINDS_ACROSS = ("user", "session")  # whose B is somebody or somewhere else
