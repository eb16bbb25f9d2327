import dataclasses

import pytest

from interviewer.agents.extraction import answer_facts, question_facts
from interviewer.agents.history_views import (
    AgentView,
    HistoryMessage,
    assessor_view,
    coach_view,
    get_relevant_history,
    interviewer_view,
    summarizer_view,
)
from interviewer.agents.prompt_layout import Record

ANSWER = (
    "We used Kafka and had 14 nodes. I have never used Rust. I will read on queues."
)


def journal(turns):
    messages = []
    for turn in range(1, turns + 1):
        for role, kind in (("interviewer", "question"), ("candidate", "answer")):
            seq = len(messages) + 1
            messages.append(HistoryMessage(seq, role, kind, f"{kind} {turn}", turn))
    return messages


def relevant(turns, *, covered, record=None):
    return get_relevant_history(
        messages=journal(turns),
        record=record or Record("What was said."),
        window=20,
        covered_upto=covered,
    )


def test_a_short_history_is_returned_whole():
    entries = relevant(10, covered=10)

    assert [entry.content for entry in entries] == [m.content for m in journal(10)]


def test_of_a_long_history_the_summary_and_the_last_twenty_are_returned():
    summary, *rest = relevant(30, covered=40)

    assert (summary.role, summary.is_summary) == ("system", True)
    assert (summary.heading, summary.content) == ("History summary", "What was said.")
    assert [entry.content for entry in rest] == [m.content for m in journal(30)[40:]]


def test_a_summary_that_reaches_too_far_never_costs_a_recent_message_or_half_a_pair():
    entries = relevant(30, covered=45)

    assert len(entries) == 1 + 20
    assert entries[1].content == "question 21"


def test_history_is_a_value_and_never_a_live_list():
    messages = journal(3)
    entries = get_relevant_history(messages=messages, record=None, window=20)
    messages.clear()

    assert isinstance(entries, tuple)
    assert len(entries) == 6
    with pytest.raises(dataclasses.FrozenInstanceError):
        entries[0].content = "changed"


def test_each_agent_is_shown_what_it_declares():
    messages = journal(5)
    facts = (
        *question_facts(content="How do indexes work?", seq=1),
        *answer_facts(content=ANSWER, seq=2),
    )

    interviewer = interviewer_view(messages=messages, facts=facts)
    assessor = assessor_view(messages=messages, question_no=3, rubric="R", facts=facts)
    coach = coach_view(messages=messages, question_no=3, facts=facts)

    assert interviewer.asked == ("How do indexes work?",)
    assert {entry.fact.kind for entry in interviewer.facts} == {"commitment"}
    assert interviewer.rubric == ""
    assert [message.seq for message in interviewer.messages] == [5, 6, 7, 8, 9, 10]
    assert {message.question_no for message in assessor.messages} == {3}
    assert (assessor.rubric, assessor.facts) == ("R", ())
    assert [entry.fact.subject for entry in coach.facts] == ["Rust"]


def test_an_empty_view_is_empty():
    assert interviewer_view(messages=(), facts=()) == AgentView()
    assert coach_view(messages=journal(2), question_no=9, facts=()) == AgentView()
    assert summarizer_view(block=()) == AgentView()
