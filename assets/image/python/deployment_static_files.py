"""Collects static files into the volume that nginx serves from, while it serves from it."""

import filecmp
import gzip
import json
import os
import shutil
import subprocess
import sys
import traceback
import zlib
from pathlib import Path

import deployment_project
import deployment_static_releases
from deployment_static_releases import MANIFEST

# What nginx would compress on the fly; made once here, served by its gzip_static.
COMPRESSIBLE = {".css", ".js", ".mjs", ".json", ".map", ".svg", ".txt", ".xml", ".html", ".ttf", ".ico"}
MINIMUM_SIZE = 1024


def collect():
    """`collectstatic` into a folder of its own, then file by file into place, each in one step.

    Straight into STATIC_ROOT it would delete and rewrite hashed files that are being served, and
    leave a mixture when it fails. Files of earlier releases stay: their pages are still open. With STATIC_RELEASE in the
    environment, that is the release's name.
    """
    from django.conf import settings
    from django.core.management import call_command

    if not deployment_project.has_static_files() or not settings.STATIC_ROOT:
        print("migrate: the project has no static files to collect")
        return
    root = Path(settings.STATIC_ROOT)
    staging = root / ".collected"
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        settings.STATIC_ROOT = str(staging)
        call_command("collectstatic", interactive=False, verbosity=0)
        with deployment_static_releases.only_one(root):
            deployment_static_releases.note(root, staging, os.environ.get("STATIC_RELEASE"))
            keep_names(staging / MANIFEST, root / MANIFEST)
            changed, total = publish(staging, root)
            if changed:
                write_out(root)
    except Exception as error:
        traceback.print_exc()
        sys.exit(f"migrate: collectstatic failed: {type(error).__name__}: {error}{_hint(error, root)}")
    finally:
        settings.STATIC_ROOT = str(root)
        shutil.rmtree(staging, ignore_errors=True)
    print(f"migrate: {total} static files, {changed} of them new or changed")


def _hint(error, root):
    if isinstance(error, PermissionError):
        return f"\n  {root} must belong to 10001:10001: the task secrets of the Terraform stack local-database sees to that."
    if isinstance(error, ValueError):
        return ("\n  The project's static storage hashes names, and then each file that a stylesheet names must exist.")
    return ""


def keep_names(new, old):
    """Adds to the new manifest the names that only the old one has; their files are still there.

    The old release serves until the new one has proved itself, for good if it doesn't. Started
    again meanwhile it reads this manifest, and fails each page that names a file which isn't in it.
    """
    try:
        manifest, before = json.loads(new.read_text()), json.loads(old.read_text())
        if manifest["version"] != before["version"]:
            return
        names = {**before["paths"], **manifest["paths"]}
    except (OSError, ValueError, KeyError, TypeError):
        # No such storage, the first release, or a manifest of another kind.
        return
    new.write_text(json.dumps({**manifest, "paths": names}))


def write_out(root):
    """Waits until all of it is on the disk: else files are empty after a power cut, and a release that serves has them.

    The file system as a whole: one wait for each file takes longer.
    """
    result = subprocess.run(["sync", "--file-system", str(root)], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise OSError(f"the static files could not be written to the disk: {result.stderr.strip()}")


def unpacks_to(packed, file):
    """Whether a compressed copy is whole. One that a power cut has emptied would be served as an empty file."""
    try:
        return gzip.decompress(packed.read_bytes()) == file.read_bytes()
    except (OSError, EOFError, zlib.error):
        return False


def publish(source, target):
    """Moves each file of `source` that is new or differs to `target`; how many, and of how many.

    A manifest of hashed names goes last: who reads it must find what it names.
    """
    files = sorted(
        (file.relative_to(source) for file in source.rglob("*") if file.is_file()),
        key=lambda name: (name == Path(MANIFEST), name),
    )
    changed = 0
    for name in files:
        new, old = source / name, target / name
        packed = old.with_name(old.name + ".gz")
        is_packed = name.suffix in COMPRESSIBLE and new.stat().st_size >= MINIMUM_SIZE
        if old.is_file() and filecmp.cmp(new, old, shallow=False) and (not is_packed or unpacks_to(packed, new)):
            continue
        old.parent.mkdir(parents=True, exist_ok=True)
        if is_packed:
            compressed = new.with_name(f".{new.name}.gz")
            compressed.write_bytes(gzip.compress(new.read_bytes(), compresslevel=9))
            os.replace(new, old)
            os.replace(compressed, packed)
        else:
            os.replace(new, old)
            # What nginx would serve in the place of the new file.
            packed.unlink(missing_ok=True)
        changed += 1
    return changed, len(files)
