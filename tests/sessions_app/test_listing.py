import datetime

import pytest

from sessions_app.models import User
from sessions_app.services.archive import drain
from sessions_app.services.kept_sessions import PageKey
from sessions_app.services.listing import PAGE_SIZE, list_sessions
from tests.people import START, finish, make_answered_session, make_session

NOW = START + datetime.timedelta(hours=1)


def page_of(user, *, before="", after="", **filters):
    page = PageKey.of(filters=filters, before=str(before), after=str(after))
    return list_sessions(user=user, page=page)


def rows_of(user, **filters):
    return page_of(user, **filters).sessions


def ids(page):
    return [row.id for row in page.sessions]


def make_many(user, count):
    """Return the ids of new interviews, newest first."""
    return [make_session(user=user).pk for _ in range(count)][::-1]


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


def test_a_page_has_twenty_rows_and_leads_to_older_ones(alice):
    made = make_many(alice, 2 * PAGE_SIZE + 1)

    first = page_of(alice)
    second = page_of(alice, before=first.older)
    third = page_of(alice, before=second.older)

    assert ids(first) + ids(second) + ids(third) == made
    assert (len(first.sessions), len(third.sessions)) == (20, 1)
    assert (first.newer, third.older) == (None, None)


def test_the_way_back_shows_the_same_pages(alice):
    make_many(alice, 2 * PAGE_SIZE + 1)
    first = page_of(alice)
    second = page_of(alice, before=first.older)
    third = page_of(alice, before=second.older)

    assert ids(page_of(alice, after=third.newer)) == ids(second)
    assert ids(page_of(alice, after=second.newer)) == ids(first)
    assert page_of(alice, after=second.newer).newer is None


def test_a_new_interview_does_not_move_older_pages(alice):
    make_many(alice, PAGE_SIZE + 5)
    first = page_of(alice)
    second = ids(page_of(alice, before=first.older))

    make_session(user=alice)

    assert ids(page_of(alice, before=first.older)) == second


def test_a_full_last_page_leads_nowhere(alice):
    make_many(alice, PAGE_SIZE)

    assert page_of(alice).older is None


@pytest.mark.parametrize("wrong", ["0", "x", "", "018f"])
def test_what_is_no_place_in_the_list_is_its_beginning(alice, wrong):
    make_session(user=alice)

    assert len(page_of(alice, before=wrong, after=wrong).sessions) == 1


def test_another_persons_interview_is_a_place_but_shows_nothing(alice, bob):
    theirs = make_session(user=bob)
    mine = make_session(user=alice)

    assert ids(page_of(alice, after=theirs.pk)) == [mine.pk]
    assert ids(page_of(alice, before=theirs.pk)) == []


@pytest.mark.parametrize("nobody", [None, "", "everybody"])
def test_nobody_has_no_list(nobody):
    with pytest.raises(ValueError, match="needs a person"):
        page_of(User(pk=nobody))


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


@pytest.mark.parametrize("count", [1, 15, 45])
def test_one_query_however_long_the_list(alice, count, django_assert_num_queries):
    make_many(alice, count)

    with django_assert_num_queries(1):
        rows_of(alice, state="in_progress")


def test_does_not_load_the_long_texts(alice, django_assert_num_queries):
    make_session(user=alice)

    with django_assert_num_queries(1) as queries:
        rows_of(alice)

    assert not any('"resume"' in query["sql"] for query in queries.captured_queries)
