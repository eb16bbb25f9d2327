import pytest
from django.urls import reverse
from django.utils import timezone

from interviewer.bank.loader import load_bank
from interviewer.orchestrator.ending import end_interview
from interviewer.orchestrator.start import begin_interview
from interviewer.scoring.encoder import load_encoder
from sessions_app.models import Evaluation
from sessions_app.services.archive import drain
from sessions_app.services.metrics import metrics_for
from sessions_app.services.reports import build_report
from tests.interviews import SETUP, progress_of, send_and_complete

KINDS = ("strong", "middle", "weak", "fluent_wrong", "off")


@pytest.fixture
def session(alice):
    """An interview with answers good and bad, a repeat, a hint, a skip, nonsense."""
    load_encoder()  # takes seconds on a busy machine, more than a turn may take
    session = begin_interview(user=alice, setup=SETUP, seed=7, now=timezone.now())
    send_and_complete(session, "", intent="repeat")
    for kind in KINDS:
        send_and_complete(session, _exemplar(session, kind))
    send_and_complete(session, "qwrt zxcv bnmp qqqq wwww rrrr")
    send_and_complete(session, "", intent="hint")
    send_and_complete(session, "", intent="skip")
    send_and_complete(session, _exemplar(session, "terse_right"))
    end_interview(session=session, now=timezone.now())
    session.refresh_from_db()
    return session


def _exemplar(session, kind):
    slot = session.plan["slots"][progress_of(session).slot_index]
    exemplars = load_bank().get(slot["bank_id"]).exemplars
    texts = {exemplar.kind: exemplar.text for exemplar in exemplars}
    return texts.get(kind) or exemplars[0].text


def report_on(session):
    return build_report(session=session, practice_url="/practice/")


def test_every_proof_is_found_in_the_answers(session):
    stored = Evaluation.objects.filter(session=session, state="observed")
    proofs = sum(
        1
        for question in report_on(session).questions
        for row in (*question.points, *question.star)
        if row.evidence_n
    )
    marks = {
        (question.no, mark.n)
        for question in report_on(session).questions
        for view in question.answers
        for segment in view.segments
        for mark in segment.marks
    }

    assert stored.exists()
    assert proofs == len(marks) > 0


def test_every_point_of_the_rubric_is_explained(session):
    bank = load_bank()

    for question in report_on(session).questions:
        if question.percent is None:
            continue
        slot = next(s for s in session.plan["slots"] if s["question"] == question.text)
        rubric = bank.get(slot["bank_id"])
        assert [p.id for p in question.points] == [p.id for p in rubric.points]
        assert question.outline


def test_what_a_score_consists_of_adds_up(session):
    for question in report_on(session).questions:
        if question.percent is None:
            continue
        parts = [p.contribution for p in question.points]
        parts += [a.points for a in question.adjustments]
        # Shown to a tenth each.
        assert sum(parts) == pytest.approx(question.percent, abs=1 + 0.05 * len(parts))


def test_report_metrics_and_session_count_alike(session):
    report = report_on(session)
    metrics, _ = metrics_for(session=session)

    assert metrics.answered == session.answered_count
    assert metrics.skipped == session.skipped_count
    assert metrics.asked == len(report.questions)
    scored = [q for q in report.questions if q.percent is not None]
    assert metrics.enough_evidence == report.summary.answers_scored == len(scored)
    assert report.is_complete


def test_the_archive_holds_what_was_said(session):
    drain(now=timezone.now())

    asked = session.messages.filter(kind__in=("question", "probe"))
    answers = session.messages.filter(kind="answer").order_by("seq")
    assert session.questions.count() == asked.count()
    assert list(
        session.answers.order_by("message__seq").values_list("text", flat=True)
    ) == [message.content for message in answers]
    assert not session.questions.filter(parent=None, rubric=None).exists()


def test_the_page_shows_it(session, client, alice):
    client.force_login(alice)

    response = client.get(reverse("interview_report", args=[session.pk]))

    assert response.status_code == 200
    for question in report_on(session).questions:
        assert f'id="question-{question.no}"' in response.text
