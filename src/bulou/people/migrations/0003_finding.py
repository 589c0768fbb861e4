import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_to_decide")]

    operations = [
        migrations.CreateModel(
            name="IndexCursor",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "token", "person", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("token", models.BigIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to="people.person",
                    ),
                ),
            ],
        ),
    ]
