"""Five operations: kills are tried at each of their statements."""

from django.db import migrations, models


def rate(apps, editor):
    entries = apps.get_model("shop", "Entry").objects
    entries.update(rating=models.F("rating") + 1)
    entries.create(name="by Python", rating=100)


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("entry", "rating", models.IntegerField(default=0)),
        migrations.AddField("entry", "place", models.ForeignKey("shop.Place", models.CASCADE, null=True)),
        migrations.RunPython(rate, migrations.RunPython.noop),
        migrations.AlterField("entry", "name", models.CharField(max_length=90, unique=True)),
        migrations.CreateModel(
            "Tag",
            [
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=20, db_index=True)),
                ("place", models.ForeignKey("shop.Place", models.CASCADE)),
                ("entries", models.ManyToManyField("shop.Entry")),
            ],
            options={"indexes": [models.Index(fields=["name", "place"], name="by_name_and_place")]},
        ),
    ]
