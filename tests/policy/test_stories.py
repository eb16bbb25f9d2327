import datetime

from interviewer.bank.loader import load_bank
from interviewer.policy.stories import (
    TOO_OFTEN,
    Told,
    carries_alone,
    needs,
    use_of,
)

NOW = datetime.datetime(2026, 3, 2, 10, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
PRICE_LIST = (
    "I sent a price list with the wrong currency to 300 dealers, and it cost us a day "
    "of orders. I owned up in the sales channel right away and called the biggest "
    "five dealers. I corrected the file and apologized the same afternoon. The export "
    "had no currency column. I added a check that blocks such a file."
)
RETOLD = (
    "My biggest mistake: 300 dealers got a price list in the wrong currency from me. "
    "We lost a day of orders. I told sales at once, phoned the five largest dealers "
    "and apologized that afternoon with a corrected file. The cause was an export "
    "without a currency column. Now a check blocks files like that."
)


def told(text, *, interview="a", at=NOW):
    return Told(interview=interview, text=text, at=at)


def test_a_story_is_recognized_in_other_words():
    use = use_of(text=PRICE_LIST, told=[told(RETOLD)])

    assert (use.interviews, use.last_at, use.is_overused) == (1, NOW, False)


def test_answers_on_other_cases_do_not_tell_it():
    exemplars = [
        (question.id, exemplar.text)
        for question in load_bank().questions
        if question.type == "behavioural"
        for exemplar in question.exemplars
        if exemplar.kind in ("strong", "terse_right", "middle")
    ]
    assert len(exemplars) > 50

    mistaken = [
        (one, other)
        for one, text in exemplars
        for other, answer in exemplars
        if one != other and use_of(text=text, told=[told(answer)]).interviews
    ]

    assert mistaken == []


def test_it_is_overused_when_told_in_too_many_interviews():
    answers = [
        told(RETOLD, interview=str(n), at=NOW + n * DAY) for n in range(TOO_OFTEN)
    ]

    use = use_of(text=PRICE_LIST, told=answers)
    within_one = use_of(text=PRICE_LIST, told=[told(RETOLD), told(PRICE_LIST)])

    assert use.is_overused
    assert use.last_at == answers[-1].at
    assert within_one.interviews == 1


def test_every_competency_that_behavioural_questions_ask_for_is_listed():
    found = needs(questions=load_bank().questions, stories={})

    assert {"Collaboration", "Ownership", "Leadership"} <= {
        need.competency for need in found
    }
    assert all(need.question and need.titles == () for need in found)


def test_what_no_story_shows_comes_first():
    found = needs(
        questions=load_bank().questions,
        stories={"Price list": ["ownership", "Collaboration"]},
    )

    shown = [bool(need.titles) for need in found]
    assert shown == sorted(shown)
    assert {need.competency for need in found if need.titles} == {
        *("Collaboration", "Ownership"),
    }


def test_a_story_that_stands_alone_for_much_is_named():
    names = [
        need.competency for need in needs(questions=load_bank().questions, stories={})
    ]
    found = needs(
        questions=load_bank().questions,
        stories={"Only": names[:3], "Other": names[3:5]},
    )

    assert set(carries_alone(title="Only", needs=found)) == set(names[:3])
    assert carries_alone(title="Other", needs=found) == ()
