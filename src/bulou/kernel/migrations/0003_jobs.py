"""Jobs: work that outlives a request."""

from django.db import migrations, models

import bulou.kernel.fields
import bulou.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.UUIDField(default=bulou.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=64)),
                ("key", models.CharField(blank=True, default="", max_length=80)),
                ("args", models.JSONField(default=dict)),
                ("by", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "等待中"),
                            ("running", "进行中"),
                            ("done", "已完成"),
                            ("failed", "没有做成"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("due_at", bulou.kernel.fields.InstantField()),
                ("attempts", models.SmallIntegerField(default=0)),
                ("lease", models.UUIDField(blank=True, null=True)),
                ("leased_until", bulou.kernel.fields.InstantField(blank=True, null=True)),
                ("progress", models.IntegerField(default=0)),
                ("total", models.IntegerField(default=0)),
                ("result", models.JSONField(default=dict)),
                ("problem", models.CharField(blank=True, default="", max_length=64)),
                ("created_at", bulou.kernel.fields.InstantField()),
                ("started_at", bulou.kernel.fields.InstantField(blank=True, null=True)),
                ("ended_at", bulou.kernel.fields.InstantField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "due_at"], name="job_waiting"),
                    models.Index(fields=["kind", "ended_at"], name="job_of_kind"),
                    models.Index(fields=["by", "created_at"], name="job_of_actor"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["queued", "running"]), models.Q(("key", ""), _negated=True)
                        ),
                        fields=("kind", "key"),
                        name="job_key_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lease__isnull", False),
                                ("leased_until__isnull", False),
                                ("state", "running"),
                            ),
                            models.Q(
                                models.Q(("state", "running"), _negated=True),
                                ("lease__isnull", True),
                                ("leased_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="job_lease_while_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state__in", ["queued", "running"])),
                            models.Q(("ended_at__isnull", False), ("state__in", ["done", "failed"])),
                            _connector="OR",
                        ),
                        name="job_has_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), _negated=True),
                            models.Q(("problem", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="job_failed_says_why",
                    ),
                ],
            },
        ),
    ]
