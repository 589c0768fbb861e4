import django.db.models.deletion
from django.db import migrations, models

import bulou.kernel.fields


class Migration(migrations.Migration):
    dependencies = [("places", "0003_handovers")]

    operations = [
        migrations.CreateModel(
            name="Shape",
            fields=[
                (
                    "place",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="places.place",
                    ),
                ),
                ("polygons", models.JSONField()),
                (
                    "datum",
                    models.CharField(
                        choices=[("WGS84", "WGS 84"), ("GCJ-02", "GCJ-02"), ("CGCS2000", "CGCS2000")],
                        max_length=10,
                    ),
                ),
                ("source", models.CharField(max_length=200)),
                ("as_of", models.DateField()),
                ("imported_at", bulou.kernel.fields.InstantField()),
            ],
        ),
    ]
