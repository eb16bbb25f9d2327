from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0007_self_rating")]

    operations = [
        migrations.AlterModelOptions(
            name="interviewsession",
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("review_interviewsession", "Can review: notes, marks, disputes"),
                    (
                        "override_interviewsession",
                        "Can change scores, with a reason",
                    ),
                    ("redact_interviewsession", "Can black out words, with a reason"),
                    ("export_interviewsession", "Can export interview sessions"),
                    ("view_operations", "Can see the operations page"),
                ],
                "verbose_name": "interview session",
            },
        ),
    ]
