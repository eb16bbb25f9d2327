"""Addresses of the pages on past interviews."""

from django.urls import path

from sessions_app import views

urlpatterns = [
    path("interviews/", views.session_list, name="interview_list"),
    path(
        "interviews/<uuid:session_id>/report/",
        views.session_report,
        name="interview_report",
    ),
    path(
        "interviews/<uuid:session_id>/delete/",
        views.session_delete,
        name="interview_delete",
    ),
    path(
        "interviews/<uuid:session_id>/compare/<int:slot>/",
        views.answer_compare,
        name="answer_compare",
    ),
    path("progress/", views.progress, name="progress"),
]
