from interviewer.bank.model import Point
from interviewer.policy import wording

POINT = Point(
    id="measure",
    criterion="judgement",
    weight=1.0,
    text="decide from query plans and usage statistics",
    aliases=("explain analyze",),
)


def test_takes_the_same_words_in_another_dress_for_a_duplicate():
    assert wording.is_near_duplicate("How did it turn out?", ["how did it turn out"])
    assert wording.is_near_duplicate(
        "How did it turn out?", ["Thank you. How did it turn out?"]
    )
    assert wording.is_near_duplicate(
        "Which costs does an index have?", ["Which costs would an index have?"]
    )


def test_tells_different_questions_apart():
    asked = ["How did it turn out?", "What did you do yourself?"]

    assert not wording.is_near_duplicate("What changed in the end?", asked)


def test_naming_an_alias_gives_the_point_away():
    text = "Would you look at explain analyze here?"

    assert wording.reveals(text, point=POINT, known=())


def test_saying_the_point_gives_it_away():
    text = "Would you decide from usage statistics and plans of the query?"

    assert wording.reveals(text, point=POINT, known=())


def test_an_open_question_gives_nothing_away():
    text = "How would you find out whether it earns its keep?"

    assert not wording.reveals(text, point=POINT, known=())


def test_words_that_the_candidate_used_give_nothing_away():
    text = "What does explain analyze tell you?"

    assert not wording.reveals(text, point=POINT, known=["I ran explain analyze."])


def test_a_probe_asks_one_short_question():
    assert wording.is_one_question("How did it turn out?")
    assert not wording.is_one_question("How did it turn out? Why?")
    assert not wording.is_one_question("Why " + "so " * 30 + "slow?")
