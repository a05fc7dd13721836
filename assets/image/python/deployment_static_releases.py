"""Which static files each release has published, and which of them go.

Pages of a release that is gone may still be open in browsers, and a host may go back to a release. So what a release has
published stays until no release that is kept names it. A file that no list names was made by somebody else, and stays.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import sys
from pathlib import Path

# Where Django's storages that hash names keep which name became which.
MANIFEST = "staticfiles.json"
# Beside the files. nginx serves nothing whose name begins with a dot.
FOLDER = ".releases"
# The list of all releases before the first one that kept a list.
BEFORE = "before"
# How many releases that have served are kept, and how many that have not.
KEPT = 5

HASHED = re.compile(r"(.*)\.[0-9a-f]{12}(\.[^./]*)?")


@contextlib.contextmanager
def only_one(root):
    """Nobody else publishes or removes files meanwhile."""
    folder = root / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def note(root, staging, release=None):
    """Notes what a release is about to publish: before it does, so that no file is there that no list names.

    Without a name for the release, the same files have the same list.
    """
    lists = read(root)
    if not lists:
        _note_before(root)
    files = sorted(
        str(file.relative_to(staging)) for file in staging.rglob("*") if file.is_file() and file != staging / MANIFEST
    )
    version, paths = _manifest(staging / MANIFEST)
    release = release or hashlib.sha256(json.dumps([files, paths], sort_keys=True).encode()).hexdigest()[:16]
    # The same release may have been cut off, or be made again with other settings.
    earlier = lists.get(release, {"files": [], "served": False})
    _write(root, release, {
        "number": 1 + max((known["number"] for known in lists.values()), default=0),
        "served": earlier["served"],
        "version": version,
        "paths": paths,
        "files": sorted({*files, *earlier["files"]}),
    })


def prune(root, serving="", needed=()):
    """Removes what only releases have published that are not kept. Gives the number of files.

    serving: the release that serves now; the newest one when it has no name. needed: others that are kept in any case.
    Whoever is cut off here has removed less, and the next one removes the rest.
    """
    with only_one(root):
        lists = read(root)
        own = serving or max(lists, key=lambda name: lists[name]["number"], default="")
        if own in lists and not lists[own]["served"]:
            lists[own]["served"] = True
            _write(root, own, lists[own])
        kept = _kept(lists, {own, *needed})
        dropped = [name for name in lists if name not in kept]
        if not dropped:
            return 0
        stays = {file for name in kept for file in lists[name]["files"]}
        goes = {file for name in dropped for file in lists[name]["files"]} - stays
        # First, so that nobody is told the name of a file that is gone.
        _forget_names(root, [lists[name] for name in kept])
        for file in sorted(goes):
            _remove(root, file)
            if f"{file}.gz" not in stays:
                _remove(root, f"{file}.gz")
        for name in dropped:
            _path(root, name).unlink()
        return len(goes)


def prune_as_told(root, kept):
    """`prune` with the words of an environment variable: the release that serves, and those that are needed."""
    serving, *needed = kept.split() or [""]
    root = Path(root)
    count = prune(root, serving, needed) if root.is_dir() else 0
    print(f"migrate: {count} static files removed that no release needs" if count else "migrate: no static file to remove")


def read(root):
    """All lists, by the release. Ends the program when one can't be read: nobody knows then what a release needs."""
    return {file.stem: _read_list(file) for file in sorted((root / FOLDER).glob("*.json"))}


def _read_list(file):
    try:
        found = json.loads(file.read_text())
        if set(found) >= {"number", "served", "version", "paths", "files"}:
            return found
        reason = "it has not the keys of a list"
    except (OSError, ValueError) as error:
        reason = error
    sys.exit(f"migrate: the list of a release's static files {file} can't be read: {reason}\n"
             "  Remove it. What only that release has published stays on the volume then.")


def _kept(lists, needed):
    """The releases whose files stay."""
    newest = sorted(lists, key=lambda name: lists[name]["number"], reverse=True)
    served = [name for name in newest if lists[name]["served"]]
    others = [name for name in newest if not lists[name]["served"]]
    kept = {*served[:KEPT], *others[:KEPT], *needed}
    # One that is needed and has no list is among those before.
    return [name for name in lists if name in kept or (name == BEFORE and not needed <= set(lists))]


def _note_before(root):
    """Lists what releases of before have left: what the manifest names, and what was made of its names."""
    version, paths = _manifest(root / MANIFEST)
    if not paths:
        return
    files = {*paths, *paths.values()}
    for file in root.rglob("*"):
        name = str(file.relative_to(root))
        match = HASHED.fullmatch(name)
        if match and f"{match[1]}{match[2] or ''}" in paths:
            files.add(name)
    _write(root, BEFORE, {"number": 0, "served": True, "version": version, "paths": paths, "files": sorted(files)})


def _forget_names(root, kept):
    """Leaves those names in the manifest that a kept release has; of two files of one name, the newer one."""
    version, paths = _manifest(root / MANIFEST)
    names = {}
    for known in sorted(kept, key=lambda known: known["number"]):
        if known["version"] == version:
            names.update(known["paths"])
    if paths and names and names != paths:
        _replace(root / MANIFEST, {**json.loads((root / MANIFEST).read_text()), "paths": names})


def _manifest(file):
    """Its version, and which name became which; nothing for a storage that has no such manifest."""
    try:
        manifest = json.loads(file.read_text())
        return str(manifest["version"]), dict(manifest["paths"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", {}


def _remove(root, name):
    """Removes a file, and the folders that it leaves empty."""
    file = root / name
    with contextlib.suppress(OSError):
        file.unlink()
        for folder in file.parents:
            if folder == root:
                break
            folder.rmdir()


def _path(root, release):
    return root / FOLDER / f"{release}.json"


def _write(root, release, content):
    _replace(_path(root, release), content)


def _replace(path, content):
    """In one step, after a power cut too."""
    part = path.with_name(f".{path.name}.next")
    with open(part, "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
