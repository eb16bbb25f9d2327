import pytest
from django.urls import reverse

from sessions_app.models import Turn
from sessions_app.services.receipt import NO_MODEL
from sessions_app.services.reports import build_report
from tests.model_calls import MODEL, new_call, store_calls, unanswered_call
from tests.people import answer, ask, finish, make_answered_session, make_session, say


def receipt_of(session):
    return build_report(session=session, practice_url="/practice/").receipt


def rows_of(session):
    return dict(receipt_of(session).rows)


def test_without_calls_it_says_that_no_model_took_part(alice):
    session = make_answered_session(user=alice)
    store_calls(
        session,
        new_call(outcome="rule", model="", tokens_in=0, tokens_cached=0, tokens_out=0),
    )

    receipt = receipt_of(session)

    assert receipt.no_model == NO_MODEL
    assert dict(receipt.rows) == {"Replies by engine": "Built-in 3"}
    assert receipt.troubles == ()


def test_what_was_said_before_the_first_answer_is_no_reply(alice):
    session = make_session(user=alice)
    say(session, role="interviewer", kind="opening", content="Welcome.")
    ask(session)
    finish(session)

    assert rows_of(session)["Replies by engine"] == "None"


def test_calls_tokens_and_money_are_counted(alice, settings):
    settings.MODEL_PRICES = {MODEL: {"in": 1, "out": 2}}
    session = make_answered_session(user=alice)
    store_calls(
        session,
        new_call(cost_micros=2_000),
        new_call(cost_micros=3_000, is_estimated=True),
        unanswered_call("stalled"),
        unanswered_call("breaker_open", outcome="bypass"),
        unanswered_call("", outcome="exact_hit", saved_micros=1_500),
        unanswered_call("", outcome="coalesced"),
    )

    rows = rows_of(session)

    assert rows["Calls made"] == "3 (1 failed)"
    assert rows["Calls avoided"] == "2 (equal request 1, already under way 1)"
    assert rows["Calls not made"] == "1"
    assert rows["Tokens in"] == "1,800, partly estimated"
    assert rows["Tokens in, read from the provider's cache"] == "1,200"
    assert rows["Tokens out"] == "200"
    assert rows["Cost"] == "0.0050 (0.0015 saved)"


def test_it_says_when_prices_are_not_configured(alice):
    session = make_answered_session(user=alice)
    store_calls(session, new_call())
    assert rows_of(session)["Cost"] == "Prices are not configured"

    store_calls(session, new_call(model="other:model", cost_micros=5_000))

    assert rows_of(session)["Cost"] == "0.0050, without models that have no price"


def test_a_model_that_is_free_costs_nothing(alice, settings):
    settings.MODEL_PRICES = {MODEL: {"in": 0, "out": 0}}
    session = make_answered_session(user=alice)
    store_calls(session, new_call())

    assert rows_of(session)["Cost"] == "0.0000"


def test_failures_name_the_question_and_what_stood_in(alice):
    session = make_answered_session(user=alice)
    turns = list(Turn.objects.order_by("message__seq"))
    for turn in turns[1:]:
        store_calls(session, unanswered_call("first_token_late"), turn=turn)
    store_calls(
        session, unanswered_call("unreachable", task="answer.judge"), turn=turns[0]
    )
    store_calls(session, unanswered_call("wrong_shape", task="history.fold"))

    assert set(receipt_of(session).troubles) == {
        (
            "After questions 2, 3",
            "The language model did not answer in time; "
            "the built-in interviewer continued.",
        ),
        (
            "After question 1",
            "The language model could not be reached; the built-in rules judged alone.",
        ),
        (
            "During the interview",
            "The language model gave an answer that could not be used; "
            "the built-in summary was used.",
        ),
    }


def test_a_failure_that_another_attempt_made_good_is_called_that(alice):
    session = make_answered_session(user=alice)
    turn = Turn.objects.order_by("message__seq").first()
    store_calls(session, unanswered_call("rate_limited"), new_call(), turn=turn)

    assert receipt_of(session).troubles == (
        (
            "After question 1",
            "The language model was busy; another attempt succeeded.",
        ),
    )


def test_times_stand_apart_by_engine(alice):
    session = make_session(user=alice)
    for origin, milliseconds in (
        ("live", 1000),
        ("live", 3000),
        ("cache", 50),
        ("embedded", None),
    ):
        ask(session, slot=0)
        turn = answer(session).turn
        turn.last_reply = say(
            session, role="interviewer", kind="notice", content="Noted."
        )
        type(turn.last_reply).objects.filter(pk=turn.last_reply.pk).update(
            origin=origin
        )
        turn.first_words_ms = milliseconds
        turn.completed_ms = milliseconds and 2 * milliseconds
        turn.save()
    finish(session)

    built_in, live, reused = receipt_of(session).times

    assert (live.engine, live.replies) == ("Language model", 2)
    assert (live.first_words_p50, live.first_words_p95) == ("1.00 s", "3.00 s")
    assert (live.complete_p50, live.complete_p95) == ("2.00 s", "6.00 s")
    assert (reused.engine, reused.complete_p95) == ("Reused", "0.10 s")
    assert (built_in.engine, built_in.first_words_p50) == ("Built-in", "–")


@pytest.mark.parametrize("count", [0, 40])
def test_the_page_shows_it_without_more_queries(
    client, alice, count, django_assert_num_queries
):
    session = make_answered_session(user=alice)
    store_calls(session, *[new_call()] * count)
    client.force_login(alice)

    with django_assert_num_queries(8):
        text = client.get(reverse("interview_report", args=[session.pk])).text

    assert ("Tokens out" in text) == bool(count)
    assert (NO_MODEL in text) != bool(count)
