from interviewer.orchestrator import rubrics
from interviewer.policy.plan import Plan


def test_questions_that_left_the_bank_are_read_at_once_and_once(
    session, monkeypatch, django_assert_num_queries
):
    plan = Plan.from_dict(session.plan)
    with django_assert_num_queries(0):
        before = rubrics.frozen_questions(plan=plan)
    rubrics._stored.cache_clear()
    monkeypatch.setattr(rubrics, "_current", lambda slot: None)

    with django_assert_num_queries(1):
        after = rubrics.frozen_questions(plan=plan)
    with django_assert_num_queries(0):
        rubrics.frozen_questions(plan=plan)

    assert len(plan.slots) > 2
    assert after == before
