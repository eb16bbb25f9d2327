"""What the job asks for, as the report accounts for it: each state as it is."""

from __future__ import annotations

from typing import Any

from sessions_app.models import InterviewSession, User
from sessions_app.services.reports import build_report
from tests.people import answer, ask, finish, judge, make_session, make_slot, skip

NEEDS = ("Fast tables", "Calm releases", "Safe payments", "Clear writing", "Rust")


def session_for_a_job(alice: User) -> InterviewSession:
    slots = [{**make_slot(n), "requirement": need} for n, need in enumerate(NEEDS[:4])]
    plan = {"slots": slots, "requirements": list(NEEDS)}
    return make_session(user=alice, slots=4, plan=plan)


def test_a_need_is_followed_from_asked_to_the_words_that_show_it(
    alice: User, django_assert_num_queries: Any
) -> None:
    session = session_for_a_job(alice)
    ask(session)
    said = answer(session, "I measured it first. Then it got faster.")
    judge(said, score=0.8, quotes={"method": "I measured it first"})
    ask(session)
    judge(answer(session, "Well."), score=None)
    ask(session)
    skip(session)
    finish(session)

    with django_assert_num_queries(6):
        report = build_report(session=session, practice_url="/")

    rows = {need.text: need for need in report.needs}
    assert tuple(rows) == NEEDS
    shown = rows["Fast tables"]
    assert (shown.state, shown.percent, shown.questions) == ("Solid", 80, (1,))
    assert shown.quote == "I measured it first"
    assert [(rows[need].state, rows[need].is_scored) for need in NEEDS[1:]] == [
        ("Answered, not enough to judge", False),
        ("Skipped", False),
        ("Planned, not reached", False),
        ("Not asked in this interview", False),
    ]


def test_plans_of_old_account_for_what_they_serve(alice: User) -> None:
    plan = {"slots": [{**make_slot(0), "requirement": "Fast tables"}, make_slot(1)]}
    session = make_session(user=alice, plan=plan)
    ask(session)
    finish(session)

    (need,) = build_report(session=session, practice_url="/").needs

    assert (need.text, need.state) == ("Fast tables", "Asked, not answered")


def test_without_a_description_there_is_nothing_to_account_for(alice: User) -> None:
    session = make_session(user=alice)
    ask(session)
    finish(session)

    assert build_report(session=session, practice_url="/").needs == ()
