"""The Celery app: tasks are doorbells, so nothing here carries or keeps data."""

from __future__ import annotations

import os
import warnings
from typing import Any

from celery import Celery, bootsteps
from celery.beat import EmbeddedService
from celery.exceptions import CPendingDeprecationWarning
from celery.platforms import SecurityWarning
from celery.signals import setup_logging, worker_ready
from click import Option

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interviewer.settings")

# It warns about running as root because of pickled tasks; ours are JSON without data.
warnings.filterwarnings("ignore", category=SecurityWarning)
# And that tasks go on when the broker is lost; ours may run twice without harm.
warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)

app = Celery("interviewer")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**_: Any) -> None:
    """Stop Celery from replacing the log configuration: a receiver is all it takes."""


@worker_ready.connect
def beat_at_once(sender: Any, **_: Any) -> None:
    """Ring for the first heartbeat, so that readiness need not wait for the schedule.

    It goes through the broker like every later one.
    """
    with sender.app.connection_for_write() as connection:
        sender.app.send_task("sessions.heartbeat", connection=connection)


class BeatThread(bootsteps.StartStopStep):
    """Beat as a thread of the worker, for the one-machine run.

    Celery's own `--beat` starts a child process that survives a killed worker.
    """

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, beat_thread: bool = False, **options: Any) -> None:
        super().__init__(parent, **options)
        self.enabled = beat_thread
        self.service: Any = None

    def include_if(self, parent: Any) -> bool:
        return self.enabled

    def create(self, parent: Any) -> None:
        self.service = EmbeddedService(
            parent.app, thread=True, scheduler_cls=parent.app.conf.beat_scheduler
        )

    def start(self, parent: Any) -> None:
        self.service.start()

    def stop(self, parent: Any) -> None:
        self.service.stop()


app.steps["worker"].add(BeatThread)
app.user_options["worker"].add(
    Option(("--beat-thread",), is_flag=True, help="Run beat as a thread.")
)
