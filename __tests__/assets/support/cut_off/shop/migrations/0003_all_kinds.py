"""Each kind of operation that Django has, and SQL; names and tables that change under what is put off to the end."""

import django
from django.db import migrations, models


def count(apps, editor):
    with editor.connection.cursor() as cursor:
        cursor.execute("UPDATE shop_entry SET rating = rating + 1")
        cursor.execute("INSERT INTO shop_entry (name, rating) VALUES ('by SQL in Python', 7)")


NEWER = []
if django.VERSION >= (4, 1):
    NEWER.append(migrations.RenameIndex("label", "by_name_2", old_name="by_name"))
if django.VERSION >= (4, 2):
    NEWER.append(migrations.AlterModelTableComment("label", "labels"))
if django.VERSION >= (5, 0):
    NEWER.append(migrations.AddField("label", "given", models.IntegerField(db_default=7)))
    twice = models.GeneratedField(expression=models.F("size") * 2, output_field=models.IntegerField(), db_persist=True)
    NEWER.append(migrations.AddField("label", "twice", twice))

CHECK = {"condition" if django.VERSION >= (5, 1) else "check": models.Q(size__gte=0)}


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_five")]
    operations = [
        migrations.CreateModel(
            "Card",
            [
                ("id", models.AutoField(primary_key=True)),
                ("size", models.IntegerField(null=True, db_index=True)),
                ("title", models.CharField(max_length=30)),
                ("place", models.ForeignKey("shop.Place", models.CASCADE, related_name="+")),
                ("other", models.OneToOneField("self", models.SET_NULL, null=True)),
                ("friends", models.ManyToManyField("self")),
            ],
        ),
        # While foreign keys and indexes of the table are put off.
        migrations.RenameField("card", "title", "name"),
        migrations.RenameModel("Card", "Label"),
        migrations.AddField("label", "owner", models.ForeignKey("shop.Entry", models.CASCADE, db_index=False, null=True)),
        migrations.RunSQL(
            [
                "INSERT INTO shop_place (name) VALUES ('by SQL')",
                ("INSERT INTO shop_place (name) VALUES (%s)", ["with; values"]),
                "ALTER TABLE shop_place ADD COLUMN note INT NULL",
                "UPDATE shop_place SET note = COALESCE(note, 0) + 1",
                "CREATE TRIGGER count_places BEFORE INSERT ON shop_place FOR EACH ROW BEGIN SET NEW.note = 1; END",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("SET @a := 1; INSERT INTO shop_place (name) VALUES (CONCAT('by a variable ', @a));"),
        migrations.RunSQL(["START TRANSACTION", "UPDATE shop_place SET note = note + 1", "COMMIT"]),
        migrations.AlterField("label", "size", models.IntegerField(default=3)),
        migrations.AddIndex("label", models.Index(fields=["name"], name="by_name")),
        migrations.AddConstraint("label", models.CheckConstraint(name="not_negative", **CHECK)),
        migrations.AddConstraint("label", models.UniqueConstraint(fields=["name", "size"], name="name_once")),
        *NEWER,
        migrations.AlterUniqueTogether("label", {("name", "place")}),
        migrations.AlterModelOptions("label", {"verbose_name": "a label"}),
        migrations.RunPython(count, migrations.RunPython.noop),
        migrations.AlterUniqueTogether("label", set()),
        migrations.RemoveConstraint("label", "not_negative"),
        # A primary key to which others refer, and a foreign key of another kind.
        migrations.AlterField("place", "id", models.BigAutoField(primary_key=True)),
        migrations.AlterField("tag", "place", models.OneToOneField("shop.Place", models.CASCADE)),
        migrations.RenameField("place", "name", "label"),
        migrations.AlterModelTable("label", "labels_of_cards"),
        migrations.RemoveField("label", "owner"),
        migrations.AlterOrderWithRespectTo("label", "place"),
        migrations.SeparateDatabaseAndState(
            [
                migrations.CreateModel("Gone", [("id", models.AutoField(primary_key=True))]),
                migrations.RunSQL("INSERT INTO shop_place (label) VALUES ('from inside')"),
            ],
            [migrations.CreateModel("Gone", [("id", models.AutoField(primary_key=True))])],
        ),
        migrations.DeleteModel("Gone"),
        migrations.RemoveIndex("label", "by_name_2" if django.VERSION >= (4, 1) else "by_name"),
    ]
