import pytest

from interviewer.scoring.negation import negated_places
from interviewer.scoring.words import find_words


def negated(text):
    words = find_words(text=text)
    return {words[place].lower for place in negated_places(text=text, words=words)}


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("writes do not update the index", {"update"}, {"writes"}),
        ("I would not check plans, compare or drop it", {"compare", "drop"}, set()),
        ("I did not drop it, the reads paid for it", {"drop"}, {"reads", "paid"}),
        ("so writes are not blocked, and measure latency", {"blocked"}, {"measure"}),
        ("GET changes nothing, POST creates", set(), {"post", "creates"}),
        ("without locks it is fast because reads win", {"locks"}, {"reads", "win"}),
        ("latency rather than CPU, as a burn rate", {"cpu"}, {"burn", "rate"}),
        ("it is not only fast but cheap", set(), {"fast", "cheap"}),
        ("It is not true that writes wait due to locks", {"writes", "locks"}, set()),
        ("It is a myth that indexes are free", {"indexes", "free"}, set()),
        ("whether it goes wrong or not", set(), {"goes", "wrong"}),
    ],
)  # fmt: skip
def test_a_negation_reaches_as_far_as_its_clause(text, inside, outside):
    found = negated(text)

    assert inside <= found
    assert not outside & found


def test_two_negations_cancel_out():
    assert "fail" not in negated("it is not true that it does not fail")
