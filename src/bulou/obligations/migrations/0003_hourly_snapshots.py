import django.db.models.deletion
from django.db import migrations, models

import bulou.kernel.fields

COLUMNS = ("universe", "met", "late", "open", "overdue", "excused", "owned", "unknown", "adrift")


class Migration(migrations.Migration):
    dependencies = [("obligations", "0002_drafts")]

    operations = [
        migrations.CreateModel(
            name="Hour",
            fields=[
                ("at", bulou.kernel.fields.InstantField(primary_key=True, serialize=False)),
                ("taken_at", bulou.kernel.fields.InstantField()),
                ("late", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "place",
                        "hour_id",
                        "kind_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("place", models.CharField(max_length=12)),
                (
                    "hour",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="obligations.hour"),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="obligations.kindname",
                    ),
                ),
                *((name, models.IntegerField()) for name in COLUMNS),
            ],
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    universe=models.F("met")
                    + models.F("late")
                    + models.F("open")
                    + models.F("overdue")
                    + models.F("excused")
                ),
                name="snapshot_balances",
            ),
        ),
    ]
