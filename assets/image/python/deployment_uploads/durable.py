"""An upload that is acknowledged survives a power cut: file and folders are on the disk before save() returns.

Django writes a file and leaves it in the kernel's memory, for up to half a minute. MariaDB has the row on the disk at its
commit: after a power cut a row would name a file that is missing or empty. Works for Django 1.11 and later.
"""

import errno
import functools
import os

# A file system without these says so: there is nothing to wait for. (A folder may be closed to its reader.)
UNSUPPORTED = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)


def make_durable(storage):
    """Has FileSystemStorage and every class made from it, a project's own too, write through to the disk."""
    save = storage._save

    @functools.wraps(save)
    def _save(self, name, content):
        name = save(self, name, content)
        if not _holds_static_files(self):
            keep(self.path(name))
        return name

    storage._save = _save


def keep(path):
    """Waits until a file is on the disk, under its name. Raises OSError when the disk refuses it: nobody has it then."""
    path = os.path.realpath(path)
    if not os.path.exists(path):
        # A class of the project's has put it elsewhere.
        return
    try:
        _sync(path)
        for folder in _folders(path):
            _sync_folder(folder)
    except OSError:
        # No row will name it, since this error ends the request.
        os.unlink(path)
        raise


def _folders(path):
    """The folder of a file and those above, up to the volume's root: any of them may be new.

    The ones that exist are waited for as well: another request may have made them a moment ago.
    """
    folder = os.path.dirname(path)
    yield folder
    while not os.path.ismount(folder):
        folder = os.path.dirname(folder)
        yield folder


def _sync_folder(path):
    try:
        _sync(path)
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise


def _sync(path):
    # Linux writes a file's pages whoever has written them, so that a descriptor for reading does.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _holds_static_files(storage):
    """Whether it is where static files are collected: each release makes them again, hundreds at once."""
    from django.conf import settings

    root = getattr(settings, "STATIC_ROOT", None)
    return bool(root) and storage.location == os.path.abspath(root) != os.path.abspath(settings.MEDIA_ROOT)
