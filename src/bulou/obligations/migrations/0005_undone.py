from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("obligations", "0004_followup")]

    operations = [
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(
                fields=["window", "place"],
                name="obligation_undone",
                condition=models.Q(("excused_at__isnull", True), ("met_at__isnull", True)),
            ),
        ),
    ]
