import datetime

from sessions_app.scheduling import due_before, rate, replay

START = datetime.datetime(2026, 3, 2, 10, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def test_a_score_is_rated_by_fixed_bounds():
    scores = (0.0, 0.399, 0.4, 0.599, 0.6, 0.849, 0.85, 1.0)

    assert [rate(score=score, is_helped=False) for score in scores] == [
        *(1, 1, 2, 2, 3, 3, 4, 4)
    ]


def test_help_makes_an_answer_hard_at_best():
    assert [rate(score=score, is_helped=True) for score in (0.2, 0.5, 0.95)] == [
        *(1, 2, 2)
    ]


def test_better_answers_are_due_later():
    due = [replay([(START, rating)]).due_at for rating in (1, 2, 3, 4)]

    assert due == sorted(due)
    assert due[0] - START == DAY
    assert due[2] - START == 2 * DAY  # the library's own for its defaults
    assert due[3] - START == 8 * DAY


def test_repeated_success_lengthens_and_failure_shortens_the_interval():
    good = replay([(START, 3), (START + 2 * DAY, 3)])
    better = replay([(START, 3), (START + 2 * DAY, 3), (good.due_at, 3)])
    failed = replay([(START, 3), (START + 2 * DAY, 3), (good.due_at, 1)])

    assert good.due_at - good.reviewed_at > 2 * DAY
    assert good.due_at - good.reviewed_at < better.due_at - better.reviewed_at
    assert failed.due_at - failed.reviewed_at < good.due_at - good.reviewed_at


def test_the_same_log_gives_the_same_schedule():
    log = [(START, 4), (START + 9 * DAY, 2), (START + 12 * DAY, 3)]

    assert replay(log) == replay(log)
    assert replay([]) is None


def test_an_interview_halves_the_time_left():
    def due(days, interview_in):
        on = None if interview_in is None else (START + interview_in * DAY).date()
        at = due_before(due_at=START + days * DAY, reviewed_at=START, interview_on=on)
        return (at - START) / DAY

    assert due(8, None) == 8
    assert due(8, 10) == 5
    assert due(8, 30) == 8  # it is due before half of the time anyway
    assert due(8, 1) == 0.5
    assert due(8, 0) == 0.5  # not in the same sitting
    assert due(8, -1) == 8  # that interview was before
