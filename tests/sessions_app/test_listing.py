import datetime

import pytest

from sessions_app.models import InterviewSession
from sessions_app.services.archive import drain
from sessions_app.services.listing import PAGE_SIZE, list_sessions
from tests.people import START, finish, make_answered_session, make_session

NOW = START + datetime.timedelta(hours=1)


def rows_of(user, *, page=None, **filters):
    return list_sessions(
        sessions=InterviewSession.objects.visible_to(user),
        filters=filters,
        page_number=page,
    )


def only_row_of(user):
    (row,) = rows_of(user)
    return row


def test_shows_the_newest_first(alice):
    old, new = make_session(user=alice), make_session(user=alice)

    assert [row.id for row in rows_of(alice)] == [new.pk, old.pk]


def test_nobody_sees_what_belongs_to_another(alice, bob):
    make_session(user=alice)

    assert list(rows_of(bob)) == []


@pytest.mark.parametrize(
    ("field", "wanted", "other"),
    [
        ("role", "frontend", "backend"),
        ("mode", "practice", "interview"),
    ],
)
def test_filters_by_one_field(alice, field, wanted, other):
    match = make_session(user=alice, **{field: wanted})
    make_session(user=alice, **{field: other})

    assert [row.id for row in rows_of(alice, **{field: wanted})] == [match.pk]


def test_filters_by_state(alice):
    make_session(user=alice)
    match = make_answered_session(user=alice)

    assert [row.id for row in rows_of(alice, state="finished")] == [match.pk]


def test_an_empty_filter_is_no_filter(alice):
    make_session(user=alice)

    assert len(rows_of(alice, role="", state="", mode="")) == 1


def test_a_page_has_twenty_rows(alice):
    for _ in range(PAGE_SIZE + 1):
        make_session(user=alice)

    assert len(rows_of(alice)) == 20
    assert len(rows_of(alice, page="2")) == 1


@pytest.mark.parametrize("page", ["0", "-3", "99", "x", None, ""])
def test_a_wrong_page_number_is_corrected(alice, page):
    make_session(user=alice)

    assert len(rows_of(alice, page=page)) == 1


def test_says_what_a_person_wants_to_know(alice):
    session = make_session(user=alice, mode="practice", level="senior")
    finish(session)

    row = only_row_of(alice)

    assert (row.role_label, row.level_label, row.mode_label, row.state_label) == (
        "Backend engineer",
        "Senior",
        "Practice",
        "Finished",
    )
    assert row.is_ended


def test_time_spent_ends_with_the_interview(alice):
    session = make_session(user=alice)
    session.finish(now=START + datetime.timedelta(minutes=21, seconds=40))
    session.save()

    assert only_row_of(alice).minutes_spent == 22


def test_a_score_comes_with_its_band(alice):
    make_answered_session(user=alice)
    drain(now=NOW)

    assert only_row_of(alice).score_label == "70 ± 6"


def test_too_little_evidence_is_a_result_of_its_own(alice):
    make_answered_session(user=alice, answers=1)
    drain(now=NOW)

    assert only_row_of(alice).score_label == "Not enough evidence"


def test_a_score_that_is_not_computed_yet_is_not_missing_evidence(alice):
    make_answered_session(user=alice)

    assert only_row_of(alice).score_label == "–"


def test_an_interview_shows_no_score_before_its_end(alice):
    make_answered_session(user=alice, is_finished=False)
    drain(now=NOW)

    assert only_row_of(alice).score_label == "–"


@pytest.mark.parametrize("count", [1, 15])
def test_one_query_for_the_rows_and_one_to_count(
    alice, count, django_assert_num_queries
):
    for _ in range(count):
        make_session(user=alice)

    with django_assert_num_queries(2):
        rows_of(alice, state="in_progress")


def test_does_not_load_the_long_texts(alice, django_assert_num_queries):
    make_session(user=alice)
    sessions = InterviewSession.objects.visible_to(alice)

    with django_assert_num_queries(2) as queries:
        list_sessions(sessions=sessions, filters={}, page_number=None)

    assert not any('"resume"' in query["sql"] for query in queries.captured_queries)
