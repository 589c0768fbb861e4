import django.db.models.deletion
from django.db import migrations, models

import bulou.kernel.fields


class Migration(migrations.Migration):
    dependencies = [
        ("command", "0001_exports"),
        ("rights", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("page", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=30)),
                ("query", models.CharField(blank=True, default="", max_length=300)),
                ("scope", models.CharField(max_length=26)),
                ("shared", models.BooleanField(default=False)),
                ("made_at", bulou.kernel.fields.InstantField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="rights.account"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="saved_view_has_a_name"
                    ),
                    models.UniqueConstraint(
                        fields=("account", "page", "name"), name="one_saved_view_per_name"
                    ),
                ],
            },
        ),
    ]
