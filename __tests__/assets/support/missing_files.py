"""Looks for missing files in a throwaway project, with our code. Arguments: a folder, how many photographs are whole, and
seconds. Prints what the search says, then on a line of its own what it held: queries, and most rows at once.
"""

import os
import sys
import types

import django
from django.conf import settings

root, whole, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
shop = types.ModuleType("shop")
shop.__file__ = __file__
shop.__path__ = [root]
sys.modules["shop"] = shop
settings.configure(
    INSTALLED_APPS=["shop"],
    MEDIA_ROOT=root,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.core.files.storage import Storage  # noqa: E402 (needs the settings)
from django.db import connection, models  # noqa: E402


class Far(Storage):
    """Stands for S3: whoever asks it fails."""


class Visible(models.Manager):
    """Leaves all rows out."""

    def get_queryset(self):
        return super().get_queryset().none()


class Photo(models.Model):
    image = models.FileField()
    thumbnail = models.FileField(null=True)
    objects = Visible()
    every = models.Manager()

    class Meta:
        app_label = "shop"


class Portrait(Photo):
    """Has columns of its own, and a key that is another table's."""

    scan = models.FileField()

    class Meta:
        app_label = "shop"


class Backup(models.Model):
    file = models.FileField(storage=Far())

    class Meta:
        app_label = "shop"


class Elsewhere(models.Model):
    """Its table is in somebody else's database."""

    file = models.FileField()

    class Meta:
        app_label = "shop"


with connection.schema_editor() as editor:
    for model in (Photo, Portrait, Backup):
        editor.create_model(model)
for name, content in (("whole", "x"), ("empty", "")):
    with open(os.path.join(root, name), "w") as file:
        file.write(content)
Photo.every.bulk_create([Photo(image="whole", thumbnail="") for _ in range(whole)])
Photo.every.create(image="gone", thumbnail="empty")
Photo.every.create(image="../outside")
Portrait.every.create(image="whole", scan="lost")
Backup.objects.create(file="far")

from deployment_uploads import missing  # noqa: E402

rows = []


def count(execute, sql, params, many, context):
    result = execute(sql, params, many, context)
    if "LIMIT" in sql:
        rows.append(sql)
    return result


with connection.execute_wrapper(count):
    try:
        missing.search(seconds)
        status = 0
    except SystemExit as end:
        status = end.code
print(f"status {status}, {len(rows)} pages")
