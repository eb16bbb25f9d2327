from django.apps import AppConfig


class InterviewerConfig(AppConfig):
    name = "interviewer"
    verbose_name = "Live interview"

    def ready(self) -> None:
        # Binds shared tasks to our Celery app in every process that loads Django,
        # and registers the deployment checks.
        from interviewer import celery, checks  # noqa: F401
