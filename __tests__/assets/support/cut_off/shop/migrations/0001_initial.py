from django.db import migrations, models


def fill(apps, editor):
    apps.get_model("shop", "Entry").objects.bulk_create(
        apps.get_model("shop", "Entry")(name=f"entry {number}") for number in range(20)
    )


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Place", [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=50))]),
        migrations.CreateModel("Entry", [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=50))]),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
