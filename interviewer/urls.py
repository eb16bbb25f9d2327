"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path

from interviewer.web import health
from interviewer.web.metrics import metrics
from interviewer.web.operations import operations

urlpatterns = [
    path("", include("interviewer.web.urls")),
    path("", include("sessions_app.urls")),
    path("healthz/", health.healthz, name="healthz"),
    path("readyz/", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("accounts/", include("interviewer.web.account_urls")),
    path("admin/operations/", operations, name="operations"),
    path("admin/", admin.site.urls),
]
