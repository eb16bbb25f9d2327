"""Reviewing in the admin: who may do what, what is kept of a form, what is logged."""

import csv
import datetime
import io
import json

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions_app.models import (
    MAX_ARCHIVE_TRIES,
    Dispute,
    Message,
    Review,
    ReviewNote,
    ScoreOverride,
)
from sessions_app.services import review_exports
from sessions_app.services.archive import drain
from sessions_app.services.archive_faults import note_fault
from sessions_app.services.disputes import open_dispute
from sessions_app.services.reviews import add_note, mark_reviewed
from tests.model_calls import new_call, store_calls
from tests.people import (
    START,
    answer,
    ask,
    finish,
    judge,
    make_answered_session,
    make_session,
    make_user,
)
from tests.sessions_app.test_admin import SESSIONS, allow, page_of

DISPUTES = reverse("admin:sessions_app_dispute_changelist")
LATER = START + datetime.timedelta(hours=1)
SCRIPT = "<script>alert('xss')</script>"
VIEW = "view_interviewsession"
REVIEW = "review_interviewsession"
OVERRIDE = "override_interviewsession"
REDACT = "redact_interviewsession"
EXPORT = "export_interviewsession"
ACTIONS = ["note", "reviewed", "dispute", "score", "redact"]


@pytest.fixture
def root(db):
    return make_user(email="root@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def judged(alice):
    session = make_answered_session(user=alice)
    drain(now=LATER)
    session.refresh_from_db()
    return session


def question(session, slot=0, reason="I named the number."):
    return open_dispute(session_id=session.pk, slot=slot, reason=reason, now=LATER)


def url(session, action):
    return reverse(f"admin:sessions_app_interviewsession_{action}", args=[session.pk])


def forms_of(session):
    """Return a valid form for each action on the page, and what it makes."""
    evaluation = session.evaluations.first()
    dispute = Dispute.objects.filter(session=session).first() or question(session)
    return {
        "note": ({"message": session.messages.first().pk, "text": "Clear."}, REVIEW),
        "reviewed": ({"is_reviewed": "on"}, REVIEW),
        "dispute": (
            {"dispute": dispute.pk, "outcome": "upheld", "words": "I read it."},
            REVIEW,
        ),
        "score": (
            {"evaluation": evaluation.pk, "value": "50", "reason": "Reread."},
            OVERRIDE,
        ),
        "redact": (
            {
                "message": session.messages.get(seq=3).pk,
                "passage": "got faster",
                "reason": "They asked for it.",
                "confirmed": "on",
            },
            REDACT,
        ),
    }


def counts():
    answered = Dispute.objects.exclude(state="open").count()
    return (
        ReviewNote.objects.count(),
        Review.objects.count(),
        answered,
        ScoreOverride.objects.count(),
        Message.objects.filter(content__contains="█").count(),
    )


# Rights: every action has one, and no other right replaces it


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], {403}),
        ([VIEW], {403}),
        ([REVIEW, OVERRIDE], {403}),  # without the right to see it
        ([VIEW, EXPORT], {403}),
        ([VIEW, REVIEW], {302, 403}),
        ([VIEW, OVERRIDE], {302, 403}),
        ([VIEW, REDACT], {302, 403}),
        ([VIEW, REVIEW, OVERRIDE, REDACT], {302}),
    ],
)
def test_each_action_takes_its_right(client, judged, charlie, action, names, expected):
    form, right = forms_of(judged)[action]
    allow(charlie, *names)
    client.force_login(charlie)
    before = counts()

    status = client.post(url(judged, action), form).status_code

    assert status in expected
    assert status == (302 if {VIEW, right} <= set(names) else 403)
    assert (counts() != before) == (status == 302)
    assert LogEntry.objects.count() == (1 if status == 302 else 0)


@pytest.mark.parametrize("action", ACTIONS)
def test_other_people_are_sent_to_the_admin_login(client, judged, alice, action):
    form, _ = forms_of(judged)[action]
    before = counts()
    login = reverse("admin:login")

    assert client.post(url(judged, action), form)["Location"].startswith(login)
    client.force_login(alice)
    assert client.post(url(judged, action), form)["Location"].startswith(login)
    assert counts() == before


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_are_sent_never_opened(client, judged, root, action):
    client.force_login(root)

    assert client.get(url(judged, action)).status_code == 405


def test_a_reviewer_without_the_right_cannot_change_a_score_through_a_dispute(
    client, judged, charlie
):
    dispute = question(judged)
    allow(charlie, VIEW, REVIEW)
    client.force_login(charlie)
    form = {"dispute": dispute.pk, "outcome": "changed", "value": 90, "words": "Yes."}

    assert client.post(url(judged, "dispute"), form).status_code == 403

    assert not ScoreOverride.objects.exists()
    assert Dispute.objects.get().state == "open"


@pytest.mark.parametrize(
    ("names", "shown", "hidden"),
    [
        ([VIEW], [], ["Add a note", "Mark as reviewed", "Change this score"]),
        ([VIEW, REVIEW], ["Add a note", "Answer the dispute"], ["Change this score"]),
        ([VIEW, OVERRIDE], ["Change this score"], ["Add a note", "Answer the dispute"]),
    ],
)
def test_the_page_offers_what_may_be_done(
    client, judged, charlie, names, shown, hidden
):
    question(judged)
    allow(charlie, *names)
    client.force_login(charlie)

    text = client.get(page_of(judged)).text

    assert all(words in text for words in shown)
    assert not any(words in text for words in hidden)


# What the forms do


def test_a_note_stands_at_its_message(client, judged, root):
    client.force_login(root)
    message = judged.messages.get(seq=3)
    form = {"message": message.pk, "text": f"Good. {SCRIPT}"}

    response = client.post(url(judged, "note"), form)

    note = ReviewNote.objects.get()
    assert response["Location"] == f"{page_of(judged)}#note-{note.pk}"
    text = client.get(page_of(judged)).text
    assert SCRIPT not in text
    following = text.index('id="message-4"')
    assert text.index('id="message-3"') < text.index("Good.") < following
    assert LogEntry.objects.get().change_message == "Added a note to message 3."


def test_a_score_is_changed_with_its_history_on_the_page(client, judged, root):
    client.force_login(root)
    form, _ = forms_of(judged)["score"]

    client.post(url(judged, "score"), form)

    text = client.get(page_of(judged)).text
    assert "changed by a reviewer; the original is 70" in text
    assert "Reread." in text
    assert f'name="seen" value="{ScoreOverride.objects.get().pk}"' in text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reason": ""}, "Please give the reason"),
        ({"reason": "   "}, "Please give the reason"),
        ({"value": "101"}, "A score is a number from 0 to 100."),
        ({"value": "-1"}, "A score is a number from 0 to 100."),
        ({"value": "nan"}, "A score is a number from 0 to 100."),
        ({"value": "good"}, "A score is a number from 0 to 100."),
        ({"value": ""}, "The original score is in force already."),
    ],
)
def test_what_was_typed_stays_when_a_change_is_refused(
    client, judged, root, changes, told
):
    client.force_login(root)
    form, _ = forms_of(judged)["score"]

    response = client.post(
        url(judged, "score"), {**form, "reason": "kept <words>", **changes}
    )

    assert response.status_code == 400
    assert told in response.text
    if "reason" not in changes:
        assert "kept &lt;words&gt;</textarea>" in response.text
    assert not ScoreOverride.objects.exists()
    assert not LogEntry.objects.exists()


def test_the_second_of_two_reviewers_is_told_and_keeps_the_words(client, judged, root):
    client.force_login(root)
    form, _ = forms_of(judged)["score"]
    client.post(url(judged, "score"), form)

    response = client.post(url(judged, "score"), {**form, "value": "10"})

    assert response.status_code == 400
    assert "Somebody else has changed this score" in response.text
    assert "Reread.</textarea>" in response.text
    assert ScoreOverride.objects.get().value == 50


@pytest.mark.parametrize(
    ("action", "field"),
    [("note", "message"), ("dispute", "dispute"), ("score", "evaluation")],
)
def test_what_belongs_to_another_interview_is_not_found(
    client, judged, bob, root, action, field
):
    other = make_answered_session(user=bob)
    form, _ = forms_of(judged)[action]
    foreign, _ = forms_of(other)[action]
    client.force_login(root)
    before = counts()

    mixed = {**form, field: foreign[field]}

    assert client.post(url(judged, action), mixed).status_code == 404
    assert counts() == before


def test_a_dispute_is_answered_in_words_that_the_candidate_reads(
    client, judged, alice, root
):
    dispute = question(judged, reason=f"Why? {SCRIPT}")
    client.force_login(root)
    form = {
        "dispute": dispute.pk,
        "outcome": "changed",
        "value": "85",
        "words": f"You are right. {SCRIPT}",
    }

    client.post(url(judged, "dispute"), form)

    assert SCRIPT not in client.get(page_of(judged)).text
    client.force_login(alice)
    report = client.get(reverse("interview_report", args=[judged.pk])).text
    assert "You are right." in report
    assert "changed by a reviewer, originally 70" in report
    assert "Changed by a reviewer. The original score is 70." in report
    assert SCRIPT not in report


def test_to_change_the_score_an_answer_needs_a_number(client, judged, root):
    dispute = question(judged)
    client.force_login(root)
    form = {"dispute": dispute.pk, "outcome": "changed", "words": "You are right."}

    response = client.post(url(judged, "dispute"), form)

    assert response.status_code == 400
    assert "Please give the new score." in response.text
    assert "You are right.</textarea>" in response.text
    assert Dispute.objects.get().state == "open"


def test_a_mark_is_taken_back_by_the_same_button(client, judged, root):
    client.force_login(root)

    client.post(url(judged, "reviewed"), {"is_reviewed": "on"})
    assert "Take my mark back" in client.get(page_of(judged)).text
    client.post(url(judged, "reviewed"), {})

    assert not Review.objects.exists()
    assert LogEntry.objects.count() == 2


def test_notes_and_reasons_are_for_staff(client, judged, alice, root):
    client.force_login(root)
    note, _ = forms_of(judged)["note"]
    score, _ = forms_of(judged)["score"]
    client.post(url(judged, "note"), {**note, "text": "canary-note"})
    client.post(url(judged, "score"), {**score, "reason": "canary-reason"})

    client.force_login(alice)
    report = client.get(reverse("interview_report", args=[judged.pk])).text
    assert "changed by a reviewer" in report
    assert "canary" not in report


def test_the_log_holds_nobodys_words(client, judged, root):
    client.force_login(root)
    for action, (form, _) in forms_of(judged).items():
        client.post(url(judged, action), form)

    logged = " ".join(entry.change_message for entry in LogEntry.objects.all())
    assert LogEntry.objects.count() == len(ACTIONS)
    assert not any(word in logged for word in ("Clear.", "Reread.", "I read it."))


# The queue


def test_open_disputes_come_first_the_oldest_at_the_top(client, judged, root, bob):
    other = make_answered_session(user=bob)
    answered = question(other, slot=1)
    newer = open_dispute(
        session_id=other.pk,
        slot=0,
        reason="Why?",
        now=LATER + datetime.timedelta(days=1),
    )
    older = question(judged)
    client.force_login(root)
    words = {"dispute": answered.pk, "outcome": "upheld", "words": "It stands."}
    client.post(url(other, "dispute"), words)

    text = client.get(DISPUTES).text

    places = [text.index(str(row.pk)) for row in (older, newer, answered)]
    assert places == sorted(places)


def test_the_queue_leads_to_the_place_of_the_dispute(client, judged, root):
    dispute = question(judged)
    client.force_login(root)

    response = client.get(page_of(dispute))

    assert response["Location"] == f"{page_of(judged)}#dispute-{dispute.pk}"
    assert f'id="dispute-{dispute.pk}"' in client.get(page_of(judged)).text


def test_the_queue_takes_the_right_to_review(client, judged, charlie):
    dispute = question(judged)
    allow(charlie, VIEW)
    client.force_login(charlie)

    assert client.get(DISPUTES).status_code == 403
    assert client.get(page_of(dispute)).status_code == 403


def test_a_disputed_interview_can_be_deleted_whole_but_no_dispute_alone(
    client, judged, alice, root
):
    dispute = question(judged)
    client.force_login(root)
    assert client.post(page_of(dispute, "delete"), {"post": "y"}).status_code == 403

    client.post(page_of(judged, "delete"), {"post": "yes"})

    assert not Dispute.objects.exists()


# The list


@pytest.mark.parametrize(
    ("flag", "wanted"),
    [
        ("disputed", "disputed"),
        ("unreviewed", "judged"),
        ("changed", "changed"),
        ("evidence", "empty"),
        ("instructions", "instructed"),
        ("parked", "parked"),
        ("behind", "behind"),
    ],
)
def test_flags_find_the_interviews_that_need_a_look(
    client, alice, root, charlie, flag, wanted
):
    sessions = {}
    for name in ("judged", "disputed", "changed", "instructed", "behind", "parked"):
        sessions[name] = make_answered_session(user=alice, role_title=name)
    sessions["empty"] = make_session(user=alice, role_title="empty")
    ask(sessions["empty"])
    finish(sessions["empty"])
    drain(now=LATER)
    for name, session in sessions.items():
        if name != "judged":
            mark_reviewed(session=session, reviewer=charlie, now=LATER)
    question(sessions["disputed"])
    client.force_login(root)
    client.post(url(sessions["changed"], "score"), {"value": "5", "reason": "Reread."})
    sessions["instructed"].refresh_from_db()
    sessions["instructed"].has_instructions = True
    sessions["instructed"].save()
    for _ in range(MAX_ARCHIVE_TRIES):
        note_fault(session_id=sessions["parked"].pk, error=KeyError(), now=LATER)
    sessions["behind"].messages.update(archived_at=None)

    found = client.get(SESSIONS, {"flag": flag}).context["cl"].result_list

    assert [session.role_title for session in found] == [wanted]


@pytest.mark.parametrize(
    ("score", "band"),
    [(0.95, "strong"), (0.8, "solid"), (0.6, "developing"), (0.4, "weak")],
)
def test_the_score_filter_draws_the_lines_of_the_words(
    client, alice, root, score, band
):
    session = make_session(user=alice)
    for _ in range(2):
        ask(session)
        judge(answer(session), score=score)
    finish(session)
    drain(now=LATER)
    client.force_login(root)

    found = {
        name: len(client.get(SESSIONS, {"band": name}).context["cl"].result_list)
        for name in ("strong", "solid", "developing", "weak", "none")
    }

    assert found == {name: int(name == band) for name in found}


def test_an_interview_is_found_by_its_id_and_by_its_persons(client, alice, bob, root):
    session = make_session(user=alice)
    make_session(user=bob)
    client.force_login(root)

    for wanted in (session.pk, alice.pk):
        found = client.get(SESSIONS, {"q": str(wanted)}).context["cl"].result_list
        assert list(found) == [session]


@pytest.mark.parametrize("sessions", [1, 12])
@pytest.mark.parametrize("flag", ["", "disputed", "unreviewed", "evidence", "behind"])
def test_the_list_costs_the_same_for_every_number(
    client, alice, root, sessions, flag, django_assert_num_queries
):
    for number in range(sessions):
        session = make_answered_session(user=make_user(email=f"p{number}@example.org"))
        question(session)
    client.force_login(root)
    client.get(SESSIONS)

    with django_assert_num_queries(3):  # person, count, rows
        response = client.get(SESSIONS, {"flag": flag} if flag else {})
    assert response.status_code == 200


@pytest.mark.parametrize("disputes", [1, 12])
def test_the_queue_costs_the_same_for_every_length(
    client, root, disputes, django_assert_num_queries
):
    for number in range(disputes):
        person = make_user(email=f"p{number}@example.org")
        question(make_answered_session(user=person))
    client.force_login(root)

    with django_assert_num_queries(3):
        client.get(DISPUTES)


def test_marks_notes_and_changes_cost_the_page_no_query(
    client, judged, root, charlie, django_assert_num_queries
):
    client.force_login(root)
    with CaptureQueriesContext(connection) as bare:
        client.get(page_of(judged))
    cost = len(bare)
    for message in judged.messages.all():
        add_note(message=message, author=charlie, text="Seen.", now=LATER)
    mark_reviewed(session=judged, reviewer=charlie, now=LATER)
    for slot in range(3):
        question(judged, slot=slot)
    for evaluation in judged.evaluations.all():
        form = {"evaluation": evaluation.pk, "value": "50", "reason": "Reread."}
        client.post(url(judged, "score"), form)
    store_calls(judged, *[new_call()] * 20)
    client.get(page_of(judged))  # shows the messages of these forms, once

    with django_assert_num_queries(cost):
        client.get(page_of(judged))


def test_evidence_is_marked_in_the_transcript_and_leads_to_its_point(
    client, judged, root
):
    client.force_login(root)

    text = client.get(page_of(judged)).text

    assert '<mark class="evidence" data-kind="supports">it got faster</mark>' in text
    assert 'href="#question-1-point-result"' in text
    assert 'id="question-1-point-result"' in text


def test_each_step_of_the_interviewer_is_given_with_its_reason(client, judged, root):
    client.force_login(root)

    text = client.get(page_of(judged)).text

    steps = judged.messages.filter(role="interviewer")
    reasons = [row.details["reason"] for row in steps if "reason" in row.details]
    assert reasons
    assert text.count("Why: ") == len(reasons)
    assert f"Why: {reasons[0]}" in text


# Exports


def exported(client, action, *sessions):
    chosen = {"action": action, "_selected_action": [row.pk for row in sessions]}
    response = client.post(SESSIONS, chosen)
    assert response.status_code == 200
    return response.text


def test_exports_take_their_right_and_are_logged(client, judged, charlie, root):
    allow(charlie, VIEW, REVIEW, OVERRIDE)
    client.force_login(charlie)
    chosen = {"action": "export_json", "_selected_action": [judged.pk]}
    assert "Content-Disposition" not in client.post(SESSIONS, chosen).headers
    assert not LogEntry.objects.exists()

    charlie = type(charlie).objects.get(pk=charlie.pk)
    allow(charlie, EXPORT)
    exported(client, "export_json", judged)

    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.change_message) == (
        str(judged.pk),
        "Exported as JSON.",
    )


def test_json_holds_everything_of_the_chosen_interviews(client, judged, bob, root):
    make_answered_session(user=bob)
    client.force_login(root)
    for action, (form, _) in forms_of(judged).items():
        client.post(url(judged, action), form)

    (document,) = json.loads(exported(client, "export_json", judged))

    assert document["interview"] == str(judged.pk)
    assert len(document["messages"]) == judged.messages.count()
    assert document["questions"][0]["score"] == 50
    assert document["questions"][0]["score_original"] == 70
    assert document["notes"][0]["text"] == "Clear."
    assert document["overrides"][0]["reason"] == "Reread."
    assert document["disputes"][0]["state"] == "upheld"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
def test_no_cell_of_a_csv_is_a_formula(client, alice, root, start):
    session = make_session(user=alice, role_title="Engineer")
    ask(session, text=f"{start}1+1 in a question?")
    judge(answer(session, f"{start}cmd|' /C calc'!A0"))
    finish(session)
    client.force_login(root)

    rows = list(csv.DictReader(io.StringIO(exported(client, "export_csv", session))))

    assert len(rows) == 1
    for value in rows[0].values():
        assert not value.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert "cmd|' /C calc'!A0" in rows[0]["answer"]


def test_a_csv_has_a_row_for_every_question(client, judged, root):
    client.force_login(root)

    rows = list(csv.DictReader(io.StringIO(exported(client, "export_csv", judged))))

    assert [row["question_no"] for row in rows] == ["1", "2", "3"]
    assert {row["score"] for row in rows} == {"70"}
    assert tuple(rows[0]) == review_exports.COLUMNS


def test_exports_read_chunk_by_chunk(alice, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(review_exports, "CHUNK", 2)
    ids = [make_answered_session(user=alice).pk for _ in range(4)]

    with django_assert_num_queries(12):  # six for each of two chunks
        text = review_exports.as_json(session_ids=ids)

    assert [row["interview"] for row in json.loads(text)] == [str(pk) for pk in ids]


@pytest.mark.parametrize(
    ("bound", "told"),
    [("MAX_SESSIONS", "Select at most 1 interviews"), ("MAX_CHARACTERS", "too long")],
)
def test_too_much_makes_no_file(client, judged, alice, root, monkeypatch, bound, told):
    monkeypatch.setattr(review_exports, bound, 1)
    other = make_answered_session(user=alice)
    client.force_login(root)
    chosen = {"action": "export_csv", "_selected_action": [judged.pk, other.pk]}

    response = client.post(SESSIONS, chosen, follow=True)

    assert told in response.text
    assert not LogEntry.objects.exists()


# Blacking out


@pytest.mark.parametrize(
    ("missing", "complaint"),
    [
        ("reason", "Please give the reason"),
        ("confirmed", "Please confirm: it cannot be taken back."),
        ("passage", "These words do not stand in the message."),
    ],
)
def test_blacking_out_takes_a_reason_a_confirmation_and_words_that_stand_there(
    client, judged, root, missing, complaint
):
    client.force_login(root)
    form, _ = forms_of(judged)["redact"]
    wrong = {**form, missing: "never said"} if missing == "passage" else dict(form)
    if missing != "passage":
        del wrong[missing]

    response = client.post(url(judged, "redact"), wrong)

    assert response.status_code == 400
    assert complaint in response.text
    assert "They asked for it." in response.text or missing == "reason"
    assert counts()[-1] == 0
    assert not LogEntry.objects.exists()


def test_blacking_out_keeps_the_reason_and_shows_blocks_where_words_stood(
    client, judged, root
):
    client.force_login(root)
    form, _ = forms_of(judged)["redact"]

    page = client.post(url(judged, "redact"), form, follow=True).text

    assert "got faster" not in page.split("Answer 1")[0]
    assert "███ ██████" in page
    entry = LogEntry.objects.get()
    assert entry.change_message == (
        "Blacked out words of message 3. Reason: They asked for it."
    )
    assert "got faster" not in entry.change_message
