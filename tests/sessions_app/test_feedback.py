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
    evaluation.feedback = {"items": ITEMS}
    return evaluation


def advice(view):
    return [item["advice"] for item in view.items]


def test_an_open_follow_up_hides_what_is_missing(evaluation):
    view = feedback_view(evaluation=evaluation, reply=probe(evaluation.session))

    assert view.is_open
    assert advice(view) == ["kept"]


def test_a_closed_question_shows_everything(evaluation):
    view = feedback_view(evaluation=evaluation, reply=ask(evaluation.session))

    assert not view.is_open
    assert advice(view) == ["kept", "missing"]
