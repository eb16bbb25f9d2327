from django.apps import AppConfig


class SessionsAppConfig(AppConfig):
    name = "sessions_app"
    verbose_name = "Interviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Whose logins have changed is told by signals, also of libraries.
        from sessions_app import signals  # noqa: F401
