import pytest

from sessions_app.services.feedback import feedback_view
from tests.people import answer, ask, judge, make_session, probe

pytestmark = pytest.mark.django_db

ITEMS = [
    {"kind": "keep", "quote": "", "criterion": "c", "gap": "", "advice": "kept"},
    {"kind": "change", "quote": "", "criterion": "c", "gap": "", "advice": "missing"},
]


@pytest.fixture
def evaluation(alice):
    session = make_session(user=alice, mode="practice")
    ask(session)
    evaluation = judge(answer(session), quotes={"result": "measured it first"})
    evaluation.feedback = {
        "items": ITEMS,
        "posture": "fix",
        "next_anchor": "Names the cost.",
    }
    return evaluation


def view_of(evaluation, *, reply):
    return feedback_view(evaluation=evaluation, reply=reply, session=evaluation.session)


def advice(view):
    return [item["advice"] for item in view.items]


def test_an_open_follow_up_hides_what_is_missing(evaluation):
    view = view_of(evaluation, reply=probe(evaluation.session))

    assert view.is_open
    assert advice(view) == ["kept"]
    assert (view.posture, view.next_band) == ("", "")


def test_a_closed_question_shows_everything(evaluation):
    view = view_of(evaluation, reply=ask(evaluation.session))

    assert not view.is_open
    assert advice(view) == ["kept", "missing"]
    assert (view.posture, view.next_band) == ("fix", "Names the cost.")


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ({}, True),
        ({"own_rating": 3}, False),
        ({"state": "insufficient", "score": None}, False),
    ],
)
def test_an_own_mark_is_asked_for_once_and_for_scored_answers(
    evaluation, changes, asks
):
    for name, value in changes.items():
        setattr(evaluation, name, value)

    view = view_of(evaluation, reply=ask(evaluation.session))

    assert view.asks_rating == asks


def test_nothing_is_asked_while_the_clock_stands(evaluation):
    evaluation.session.state = "paused"

    assert not view_of(evaluation, reply=ask(evaluation.session)).asks_rating
