import pytest

from interviewer.agents.extraction import answer_facts
from interviewer.agents.ledger import render_ledger, settle, superseded
from interviewer.agents.tokens import estimate_tokens


def facts_of(*answers):
    return [
        fact
        for number, text in enumerate(answers)
        for fact in answer_facts(content=text, seq=2 * number + 3)
    ]


@pytest.mark.parametrize(
    "correction",
    [
        "Actually it was 12 engineers in the search team, not 14.",
        "I said 14 engineers earlier, but it was 12.",
        "One correction about the search team. It was twelve engineers.",
        "Sorry, for the search team I meant 12 engineers.",
    ],
)
def test_a_correction_takes_the_place_of_what_it_corrects(correction):
    facts = facts_of(
        "In the search team we had 14 engineers.",
        "The billing cluster ran on 9 nodes.",
        correction,
    )

    ledger = render_ledger(facts=facts)

    assert "search team 12 engineers" in ledger
    assert "14" not in ledger
    assert "billing cluster 9 nodes" in ledger


def test_a_correction_of_something_else_leaves_the_others_alone():
    facts = facts_of(
        "In the search team we had 14 engineers.", "Actually we had 8 nodes there."
    )

    assert [entry.value for entry in settle(facts=facts)] == ["14", "8"]


def test_what_is_no_longer_true_is_told_so():
    facts = facts_of("We used Kafka for events.", "I no longer work with Kafka.")

    assert render_ledger(facts=facts) == "Tools: Kafka no longer"


def test_the_chain_of_corrections_is_known():
    facts = facts_of(
        "The budget was 40,000 euros.",
        "Correction, the budget was 45,000 euros.",
        "I misspoke, the budget was 47,000 euros.",
    )

    assert [f.value for f in superseded(facts=facts).values()] == ["40000", "45000"]
    assert settle(facts=facts)[0].value == "47000"


def test_the_ledger_keeps_its_bound_and_does_not_depend_on_the_order():
    facts = facts_of(
        *[f"The part{chr(97 + n)} team had {n + 4} people." for n in range(26)]
    )

    ledger = render_ledger(facts=facts, max_tokens=60)

    assert estimate_tokens(ledger) <= 60
    assert ledger == render_ledger(facts=facts[::-1], max_tokens=60)


def test_an_empty_ledger_is_empty():
    assert render_ledger(facts=[]) == ""
