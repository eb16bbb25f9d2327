import copy
from collections import Counter

import pytest

from interviewer.benchmarks.responses.traps import (
    EACH,
    SERVED,
    TRAPS,
    Trap,
    make_traps,
)

ALL = make_traps(each=20)


def said(trap: Trap, side: str) -> list[tuple[str, str]]:
    """Return the conversation as a key should see it: the last message without
    spaces that mean nothing."""
    messages = [
        (message["role"], message["content"])
        for message in trap.pair[f"conversation_{side}"]
    ]
    *before, (role, last) = messages
    return [*before, (role, " ".join(last.split()))]


def is_same_request(trap: Trap) -> bool:
    pair = trap.pair
    return (
        said(trap, "a") == said(trap, "b")
        and pair["context_a"] == pair["context_b"]
        and pair["same_session"]
    )


def test_there_are_enough_of_them_by_default() -> None:
    assert len(TRAPS) * EACH >= 3_000


def test_every_kind_is_there_in_equal_numbers() -> None:
    assert Counter(trap.kind for trap in ALL) == dict.fromkeys(TRAPS | SERVED, 20)


@pytest.mark.parametrize("kind", [*TRAPS, *SERVED])
def test_expects_a_reply_to_be_served_exactly_for_the_same_request(kind: str) -> None:
    for trap in ALL:
        if trap.kind == kind:
            assert trap.expected == is_same_request(trap)


def test_equal_seeds_give_equal_pairs_and_others_do_not() -> None:
    assert make_traps(each=2) == make_traps(each=2)
    assert make_traps(each=2, seed=1) != make_traps(each=2, seed=2)


def test_ids_and_replies_are_unique() -> None:
    assert len({trap.pair["id"] for trap in ALL}) == len(ALL)
    assert len({trap.pair["reply_a"] for trap in ALL}) == len(ALL)


def test_changing_one_side_leaves_the_other_as_it_was() -> None:
    for trap in make_traps(each=2):
        before = copy.deepcopy(trap.pair["conversation_a"])
        trap.pair["conversation_b"][0]["content"] = "changed"
        trap.pair["context_b"]["mode"] = "changed"

        assert trap.pair["conversation_a"] == before
        assert trap.pair["context_a"]["mode"] != "changed"


def test_endings_differ_only_where_careless_keys_do_not_look() -> None:
    for trap in ALL:
        if trap.kind == "ending after 100 characters":
            last = [trap.pair[f"conversation_{side}"][-1]["content"] for side in "ab"]
            assert last[0][:100] == last[1][:100]
