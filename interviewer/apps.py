from django.apps import AppConfig


class InterviewerConfig(AppConfig):
    name = "interviewer"
    verbose_name = "Live interview"

    def ready(self) -> None:
        # Binds shared tasks to our Celery app in every process that loads Django,
        # registers the deployment checks, connects those who count, and lets a new
        # password lift the lock.
        from interviewer import celery, checks, counting  # noqa: F401
        from interviewer.web import login_lock  # noqa: F401
