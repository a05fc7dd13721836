"""Which rows name a file that is missing or empty: what a power cut, or a restored volume, may have taken.

It reads, and changes nothing. Rows are read a page at a time, the newest first: what is lost was written last. Files
that are not on a disk of ours, such as those on S3, are not looked for.
"""

import os
import sys
import time

# Rows in memory at once.
PAGE = 1000
# Rows that are named; the others are counted.
SHOWN = 100
# Exit status when there are such rows.
FOUND = 3


class TimeIsUp(Exception):
    """The rest is left for another time."""


class Search:
    """One look at all models, which ends in time."""

    def __init__(self, seconds):
        self.end = time.monotonic() + seconds
        self.looked = self.lost = 0

    def run(self):
        """Prints each row whose file is lost, then a summary; how many there are."""
        columns = _columns()
        is_whole = True
        for model, fields in columns:
            try:
                self._look_at(model, fields)
            except TimeIsUp:
                is_whole = False
                print(f"missing-files: {model._meta.label}: time is up; its older rows were not looked at")
        if self.lost > SHOWN:
            print(f"missing-files: … and {self.lost - SHOWN} more")
        words = "every row was looked at" if is_whole else "not all rows were looked at"
        print(f"missing-files: {self.lost} of {self.looked} files are missing or empty; {words}", flush=True)
        return self.lost

    def _look_at(self, model, fields):
        from django.db import connections, router

        database = router.db_for_read(model)
        connection = connections[database]
        with connection.cursor() as cursor:
            # A model may be of a table that is somebody else's, and not here.
            if model._meta.db_table not in connection.introspection.table_names(cursor, include_views=True):
                return
        key = model._meta.pk.attname
        # Not through the project's own manager, which may leave rows out.
        rows = model._base_manager.using(database).order_by("-pk")
        rows = rows.values_list(key, *(field.attname for field in fields))
        last = None
        while True:
            if time.monotonic() > self.end:
                raise TimeIsUp
            # MariaDB's client would hold the whole result in memory otherwise.
            page = list((rows if last is None else rows.filter(pk__lt=last))[:PAGE])
            for last, *names in page:
                for field, name in zip(fields, names):
                    if name:
                        self._judge(model, last, field, name)
            if len(page) < PAGE:
                return

    def _judge(self, model, key, field, name):
        self.looked += 1
        what = _lost(field.storage, name)
        if what:
            self.lost += 1
            if self.lost <= SHOWN:
                print(f"missing-files: {model._meta.label} {key}, {field.name}: {name} {what}")


def _columns():
    """Models with columns of files on a disk, each with these columns."""
    from django.apps import apps
    from django.core.files.storage import FileSystemStorage
    from django.db.models import FileField

    found = []
    for model in apps.get_models():
        if model._meta.proxy:
            continue
        fields = [
            field
            for field in model._meta.local_concrete_fields
            # A default_storage is a lazy object, which is an instance of what it stands for.
            if isinstance(field, FileField) and isinstance(field.storage, FileSystemStorage)
        ]
        if fields:
            found.append((model, fields))
    return found


def _lost(storage, name):
    """What is wrong with a file; empty when it is there."""
    from django.core.exceptions import SuspiciousFileOperation

    try:
        path = storage.path(name)
        return "" if os.stat(path).st_size > 0 else "is empty"
    except FileNotFoundError:
        return "is missing"
    except (OSError, SuspiciousFileOperation, ValueError) as error:
        return f"can't be looked at: {error}"


def search(seconds):
    """For the program: its exit status tells a lost file from a search that failed."""
    if Search(seconds).run():
        sys.exit(FOUND)
