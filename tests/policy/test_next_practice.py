import datetime

from interviewer.policy.next_practice import Practised, due, standings, suggest

NOW = datetime.datetime(2026, 3, 2, 10, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def practised(topic="Indexing", competency="Databases", score=0.5, due_in=1):
    return Practised(
        topic=topic, competency=competency, score=score, due_at=NOW + due_in * DAY
    )


def suggested(*questions, interview_in=None):
    on = None if interview_in is None else (NOW + interview_in * DAY).date()
    return suggest(practised=questions, interview_on=on, now=NOW)


def test_what_is_due_comes_before_what_is_weak():
    found = suggested(
        practised(score=0.2),
        practised(topic="Caching", score=0.9, due_in=-1),
        practised(topic="Queues", score=0.7, due_in=0),
    )

    assert (found.kind, found.title) == ("review", "Review 2 answers")
    assert found.reason.startswith("Caching, Queues are due again")


def test_one_review_names_its_last_score():
    found = suggested(practised(score=0.38, due_in=0))

    assert found.reason == "Indexing is due again: you had 38 of 100 last time."


def test_the_weakest_competency_is_drilled():
    found = suggested(
        practised(score=0.5),
        practised(score=0.3),
        practised(competency="People", score=0.55),
        practised(competency="Delivery", score=0.9),
    )

    assert (found.kind, found.competency) == ("drill", "Databases")
    assert "40 of 100 over 2 answers" in found.reason


def test_with_nothing_due_or_weak_another_interview_is_next():
    assert suggested(practised(score=0.8)).kind == "interview"
    assert suggested().kind == "interview"


def test_the_countdown_belongs_to_the_reason():
    found = suggested(practised(due_in=-1), interview_in=9)

    assert found.reason.endswith("Your interview is in 9 days.")


def test_in_the_last_day_the_cue_card_is_next_whatever_is_due():
    for days, word in ((0, "today"), (1, "tomorrow")):
        found = suggested(practised(due_in=-1), interview_in=days)

        assert found.kind == "cue_card"
        assert f"Your interview is {word}." in found.reason


def test_the_longest_overdue_comes_first():
    late, later, future = practised(due_in=-3), practised(due_in=-1), practised()

    assert due(practised=[future, later, late], now=NOW) == (late, later)


def test_competencies_are_ordered_from_the_weakest():
    found = standings(
        practised=[practised(score=0.7), practised(competency="People", score=0.2)]
    )

    assert [(s.competency, s.percent, s.is_weak) for s in found] == [
        ("People", 20, True),
        ("Databases", 70, False),
    ]
