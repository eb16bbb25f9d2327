"""Self-ratings: one per answer, given before its score is seen."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sessions_app.models.base


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0006_reviews")]

    operations = [
        migrations.CreateModel(
            name="SelfRating",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=sessions_app.models.base.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("value", models.PositiveSmallIntegerField()),
                ("rated_at", models.DateTimeField()),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="self_rating",
                        to="sessions_app.message",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="self_ratings",
                        to="sessions_app.interviewsession",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["session_id", "rated_at", "id"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("value__range", (1, 5))),
                        name="self_rating_in_range",
                    )
                ],
            },
        ),
    ]
