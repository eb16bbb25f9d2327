import datetime

from interviewer.policy.preparation import MOST_DAYS, MOST_MINUTES, daily_plan

TODAY = datetime.date(2026, 3, 2)


def day(number):
    return TODAY + datetime.timedelta(days=number)


def plan(interview_in, *, due=(), weak=(), untold=()):
    return daily_plan(
        today=TODAY,
        interview_on=day(interview_in),
        due_dates=[day(number) for number in due],
        weak=weak,
        untold=untold,
    )


def test_reviews_stand_on_their_day_and_overdue_ones_today():
    days = plan(4, due=(-3, 0, 2))

    assert [d.date for d in days] == [day(n) for n in range(5)]
    assert [task.text for task in days[0].tasks] == ["2 reviews"]
    assert days[0].minutes == 4
    assert "1 review" in [task.text for task in days[2].tasks]


def test_drills_and_stories_go_to_the_days_with_the_least_to_do():
    days = plan(4, due=[0] * 10, weak=["Databases", "People"], untold=["Ownership"])

    first, second, third, eve, last = ([t.text for t in d.tasks] for d in days)
    assert first == ["10 reviews", "A story for Ownership"]
    assert second == ["Drill Databases", "Drill People"]
    assert third == ["A whole interview, as on the day"]
    assert eve == last == ["Read the cue card"]


def test_no_day_holds_more_than_the_most():
    days = plan(6, due=[0] * 70, weak=[str(n) for n in range(60)])

    assert max(d.minutes for d in days[:-2]) <= MOST_MINUTES
    assert sum(d.minutes for d in days) > 3 * MOST_MINUTES


def test_nothing_new_is_learned_on_the_eve_and_the_day():
    for interview_in in (0, 1):
        days = plan(interview_in, weak=["Databases"], untold=["Ownership"])

        assert {task.text for d in days for task in d.tasks} == {"Read the cue card"}


def test_two_weeks_are_planned_at_most():
    days = plan(90, due=(0, 20))

    assert len(days) == MOST_DAYS
    assert sum(d.minutes for d in days) == 2
