"""Runs know their scope, place, events and problems; what stood before is kept for a day."""

import django.db.models.deletion
from django.db import migrations, models

import bulou.kernel.fields


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("sheets", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonBefore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("id_key", models.BinaryField(blank=True, max_length=16, null=True)),
                ("name_key", models.BinaryField(max_length=16)),
                ("phone_key", models.BinaryField(blank=True, max_length=16, null=True)),
                ("twin_key", models.BinaryField(blank=True, max_length=16, null=True)),
                ("row_key", models.BinaryField(blank=True, max_length=16, null=True)),
                ("relation", models.CharField(blank=True, default="", max_length=20)),
                ("sex", models.CharField(blank=True, default="", max_length=1)),
                ("birth_month", models.PositiveIntegerField(blank=True, null=True)),
                ("presence", models.CharField(max_length=6)),
                ("doses", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("last_dose", models.DateField(blank=True, null=True)),
                ("needs", models.CharField(blank=True, default="", max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Trace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=40)),
                ("made", models.JSONField(default=list)),
                ("before", models.BinaryField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="importrun",
            name="first_seq",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="importrun",
            name="gone",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="importrun",
            name="kept",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="importrun",
            name="last_seq",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="importrun",
            name="mended",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="importrun",
            name="place",
            field=models.CharField(blank=True, default="", max_length=26),
        ),
        migrations.AddField(
            model_name="importrun",
            name="problems",
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="importrun",
            name="scope",
            field=models.CharField(blank=True, default="", max_length=26),
        ),
        migrations.AddField(
            model_name="importrun",
            name="taken_back",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="importrun",
            name="undone_at",
            field=bulou.kernel.fields.InstantField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="importrun",
            name="undone_by",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="importrun",
            index=models.Index(fields=["by", "started_at"], name="import_by_actor"),
        ),
        migrations.AddField(
            model_name="personbefore",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="personbefore",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="persons_before",
                to="sheets.importrun",
            ),
        ),
        migrations.AddField(
            model_name="trace",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="traces", to="sheets.importrun"
            ),
        ),
        migrations.AddConstraint(
            model_name="personbefore",
            constraint=models.UniqueConstraint(fields=("run", "person"), name="person_before_once"),
        ),
        migrations.AddConstraint(
            model_name="trace",
            constraint=models.UniqueConstraint(fields=("run", "model"), name="trace_once"),
        ),
    ]
