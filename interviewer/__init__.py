"""The project package. It imports nothing, so that bank, scoring, policy and agents
work in a plain Python shell; the Celery app is loaded by `interviewer.apps`."""
