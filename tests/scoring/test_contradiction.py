import pytest

from interviewer.bank.model import BankQuestion
from interviewer.scoring import contradiction
from interviewer.scoring.comparison import compare
from tests.scoring.samples import INDEX


def rules(answer, point="the cache expires entries after five minutes", **fields):
    values = INDEX.to_dict()
    values["question"] = "What do you know about this?"
    values["reference"] = f"As for the rest, {point}."
    values["criteria"] = {"knowledge": 1}
    values["points"] = [
        {"id": "p", "criterion": "knowledge", "weight": 1, "text": point, **fields}
    ]
    question = BankQuestion.from_dict(values)
    seen = compare(question=question, answer=answer, encoder=None)
    return [c.contradiction.rule for c in seen.coverages if c.contradiction]


@pytest.mark.parametrize(
    ("answer", "point", "rule"),
    [
        (
            "I think the cache never expires entries after five minutes.",
            "the cache expires entries after five minutes",
            contradiction.NEGATED,
        ),
        (
            "The cache expires entries after ten minutes.",
            "the cache expires entries after five minutes",
            contradiction.NUMBER,
        ),
        (
            "Replication to the standby is asynchronous by default.",
            "replication to the standby is synchronous by default",
            contradiction.OPPOSITE,
        ),
        (
            "Well, replicas accept writes at any time.",
            "only the primary takes changes",
            contradiction.WRONG_STATEMENT,
        ),
    ],
)
def test_each_rule_finds_its_kind_of_wrong_statement(answer, point, rule):
    assert rules(answer, point, contradicts=["replicas accept writes"]) == [rule]


@pytest.mark.parametrize(
    "answer",
    [
        "The cache expires entries after five minutes.",
        "Entries do not stay: the cache expires them after five minutes.",
        "The cache does not slow reads, and it expires entries after five minutes.",
        "We had ten nodes, and the cache expires entries after five minutes.",
        "Nobody has to clear the cache, since entries expire after five minutes.",
    ],
)
def test_in_doubt_nothing_is_held_against_the_answer(answer):
    assert rules(answer) == []


def test_both_may_deny_in_their_own_words():
    point = "infinite recursion occurs if the base case is not included"

    assert rules("No base case leads to infinite recursion.", point) == []


def test_a_statement_repeated_with_a_not_is_turned_around():
    answer = "As for the rest, the cache does not expire entries after five minutes."

    assert rules(answer) == [contradiction.NEGATED]
