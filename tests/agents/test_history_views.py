import dataclasses

import pytest

from interviewer.agents.history_views import HistoryMessage, get_relevant_history
from interviewer.agents.prompt_layout import Record


def journal(turns):
    messages = []
    for turn in range(1, turns + 1):
        for role, kind in (("interviewer", "question"), ("candidate", "answer")):
            seq = len(messages) + 1
            messages.append(HistoryMessage(seq, role, kind, f"{kind} {turn}", turn))
    return messages


def test_a_short_history_is_returned_whole():
    entries = get_relevant_history(messages=journal(10), record=None)

    assert [entry.content for entry in entries] == [m.content for m in journal(10)]
    assert not any(entry.is_summary for entry in entries)


def test_of_a_long_history_the_summary_and_what_follows_it_are_returned():
    rest_of_it = journal(30)[40:]
    record = Record("What was said.", "Numbers: 14 nodes")

    summary, *rest = get_relevant_history(messages=rest_of_it, record=record)

    assert (summary.role, summary.is_summary) == ("system", True)
    assert summary.heading == "History summary"
    assert summary.content == "What was said.\nNumbers: 14 nodes"
    assert [entry.content for entry in rest] == [m.content for m in rest_of_it]


def test_an_empty_record_is_no_entry():
    assert get_relevant_history(messages=(), record=Record("", "")) == ()


def test_history_is_a_value_and_never_a_live_list():
    messages = journal(3)
    entries = get_relevant_history(messages=messages, record=None)
    messages.clear()

    assert isinstance(entries, tuple)
    assert len(entries) == 6
    with pytest.raises(dataclasses.FrozenInstanceError):
        entries[0].content = "changed"
