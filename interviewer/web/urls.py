"""Addresses of the live interview."""

from django.urls import path

from interviewer.web import (
    about,
    answers,
    changes,
    disputes,
    home,
    lab,
    planning,
    reads,
    self_ratings,
    views,
)
from interviewer.web.theme import set_theme

urlpatterns = [
    path("", home.home, name="home"),
    path("about/scoring/", about.scoring, name="about_scoring"),
    path("theme/", set_theme, name="theme"),
    path("interviews/new/", views.new_interview, name="interview_new"),
    path("interviews/plan/", planning.plan, name="interview_plan"),
    path("interviews/<uuid:session_id>/", views.room, name="interview_room"),
    path(
        "interviews/<uuid:session_id>/answers/",
        answers.answer,
        name="interview_answer",
    ),
    path("interviews/<uuid:session_id>/pause/", views.pause, name="interview_pause"),
    path("interviews/<uuid:session_id>/resume/", views.resume, name="interview_resume"),
    path("interviews/<uuid:session_id>/end/", views.end, name="interview_end"),
    path("interviews/<uuid:session_id>/mode/", changes.mode, name="interview_mode"),
    path("interviews/<uuid:session_id>/reset/", changes.reset, name="interview_reset"),
    path(
        "interviews/<uuid:session_id>/disputes/",
        disputes.dispute,
        name="interview_dispute",
    ),
    path(
        "interviews/<uuid:session_id>/disputes/withdraw/",
        disputes.withdraw,
        name="interview_dispute_withdraw",
    ),
    path(
        "interviews/<uuid:session_id>/ratings/",
        self_ratings.rate,
        name="interview_ratings",
    ),
    path("interviews/<uuid:session_id>/lab/<int:slot>/", lab.lab, name="answer_lab"),
    path("interviews/<uuid:session_id>/retry/", views.retry, name="interview_retry"),
    path(
        "interviews/<uuid:session_id>/state.json",
        reads.session_state,
        name="interview_state",
    ),
    path("interviews/list.json", reads.session_list, name="interview_list_json"),
    path(
        "interviews/<uuid:session_id>/turns/<uuid:turn_id>/events",
        views.turn_events,
        name="turn_events",
    ),
]
