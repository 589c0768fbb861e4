import django.db.models.deletion
from django.db import migrations, models

import bulou.kernel.fields


class Migration(migrations.Migration):
    dependencies = [
        ("obligations", "0003_hourly_snapshots"),
        ("places", "0002_delete_account"),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "obligation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="follow_up",
                        serialize=False,
                        to="obligations.obligation",
                    ),
                ),
                ("subject", models.BigIntegerField(db_index=True)),
                ("calls", models.PositiveSmallIntegerField(default=0)),
                ("called_at", bulou.kernel.fields.InstantField(blank=True, null=True)),
                ("outcome", models.CharField(blank=True, default="", max_length=24)),
                ("postponed_until", bulou.kernel.fields.InstantField(blank=True, null=True)),
                ("why", models.CharField(blank=True, default="", max_length=24)),
                ("sealed", models.BinaryField(blank=True, null=True)),
                ("handed_by", models.CharField(blank=True, default="", max_length=64)),
                ("changed_at", bulou.kernel.fields.InstantField()),
                (
                    "handed_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.post",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("postponed_until__isnull", True), ("why", "")),
                            models.Q(
                                ("postponed_until__isnull", False), models.Q(("why", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="postponed_has_its_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handed_by", ""), ("handed_to__isnull", True)),
                            models.Q(
                                ("handed_to__isnull", False), models.Q(("handed_by", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="handed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("called_at__isnull", True), ("calls", 0)),
                            models.Q(("called_at__isnull", False), ("calls__gt", 0)),
                            _connector="OR",
                        ),
                        name="called_at_some_time",
                    ),
                ],
            },
        ),
    ]
