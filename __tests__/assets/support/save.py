"""Saves files with Django's storages in a throwaway project, with our code. Argument: a folder.

Prints, for each kind of save, the name that it got and what was then waited for, in order, from the root of the folder.
"""

import json
import os
import sys

import django
from django.conf import settings

root = sys.argv[1]
media, static, uploads = (os.path.join(root, name) for name in ("media", "static", "uploads"))
os.mkdir(uploads)
settings.configure(INSTALLED_APPS=[], MEDIA_ROOT=media, STATIC_ROOT=static, FILE_UPLOAD_TEMP_DIR=uploads)
django.setup()

from django.core.files.base import ContentFile  # noqa: E402 (needs the settings)
from django.core.files.storage import FileSystemStorage, default_storage  # noqa: E402
from django.core.files.uploadedfile import TemporaryUploadedFile  # noqa: E402


class OwnStorage(FileSystemStorage):
    """Renames whatever it is given, as projects do."""

    def _save(self, name, content):
        return super()._save("own-" + name, content)


events = []
sync = os.fsync


def record(descriptor):
    path = os.readlink(f"/proc/self/fd/{descriptor}")
    events.append((os.path.relpath(path, root), os.fstat(descriptor).st_size if os.path.isfile(path) else None))
    if "refused" in path:
        raise OSError(5, "Input/output error")
    if "closed" in path and os.path.isdir(path):
        raise OSError(22, "Invalid argument")
    sync(descriptor)


def save(storage, name, content):
    events.clear()
    try:
        saved = storage.save(name, content)
        # Else Python says at its end that a moved file is no longer there.
        content.close()
    except OSError as error:
        saved = type(error).__name__ + " " + str(os.listdir(os.path.join(media, os.path.dirname(name))))
    return {"saved": saved, "synced": [list(event) for event in events if not event[0].startswith("..")]}


def large():
    """Of the kind that Django has written to a file already, and moves."""
    upload = TemporaryUploadedFile("large", "text/plain", 5, "utf-8")
    upload.write(b"large")
    upload.flush()
    return upload


os.fsync = record
print(json.dumps({
    "small": save(default_storage, "2026/11/a.txt", ContentFile(b"small")),
    "taken": save(default_storage, "2026/11/a.txt", ContentFile(b"another")),
    "moved": save(default_storage, "b.txt", large()),
    "own": save(OwnStorage(), "c.txt", ContentFile(b"own")),
    "elsewhere": save(FileSystemStorage(location=os.path.join(root, "private")), "d.txt", ContentFile(b"private")),
    "static": save(FileSystemStorage(location=static), "e.css", ContentFile(b"static")),
    "refused": save(default_storage, "refused/f.txt", ContentFile(b"refused")),
    "closed": save(default_storage, "closed/g.txt", ContentFile(b"closed")),
}))
