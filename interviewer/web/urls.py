"""Addresses of the live interview."""

from django.urls import path

from interviewer.web import (
    about,
    answers,
    changes,
    disputes,
    home,
    interview_day,
    lab,
    planning,
    practising,
    reads,
    real_interviews,
    self_ratings,
    stories,
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
    path(
        "interviews/<uuid:session_id>/drill/",
        practising.drill_question,
        name="interview_drill",
    ),
    path(
        "interviews/<uuid:session_id>/story/",
        stories.save_story,
        name="interview_story",
    ),
    path("practice/", practising.practice, name="practice"),
    path("practice/review/", practising.start_review, name="practice_review"),
    path("practice/drill/", practising.start_drill, name="practice_drill"),
    path("stories/", stories.stories, name="stories"),
    path("stories/new/", stories.new_story, name="story_new"),
    path("stories/<uuid:story_id>/", stories.story, name="story"),
    path("stories/<uuid:story_id>/delete/", stories.delete_story, name="story_delete"),
    path("interview-day/", interview_day.interview_day, name="interview_day"),
    path("interview-day/cue-card/", interview_day.cue_card, name="cue_card"),
    path(
        "interview-day/notes/<uuid:note_id>/delete/",
        real_interviews.delete_note,
        name="note_delete",
    ),
    path("real-interviews/", real_interviews.real_interviews, name="real_interviews"),
    path(
        "real-interviews/<uuid:interview_id>/",
        real_interviews.real_interview,
        name="real_interview",
    ),
    path(
        "real-interviews/<uuid:interview_id>/delete/",
        real_interviews.delete_real_interview,
        name="real_interview_delete",
    ),
    path(
        "real-interviews/<uuid:interview_id>/notes/",
        real_interviews.note_question,
        name="real_interview_note",
    ),
]
