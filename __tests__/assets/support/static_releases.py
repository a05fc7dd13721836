"""Publishes and prunes static files as releases do, each time in a process of its own that has Django already.

Arguments: the app's static folder, STATIC_ROOT, and the actions as JSON. Prints what came of each, as JSON:
["collect", NAME, TEXT, RELEASE]  the file's hashed name; the release may be null
["delete", NAME]                  takes a file out of the app
["prune", KEPT, COUNT]            what was said; cut off after COUNT changes unless it is null
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path

import django
from django.conf import settings

source, root, actions = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
settings.configure(
    INSTALLED_APPS=["django.contrib.staticfiles"],
    STATICFILES_DIRS=[str(source)],
    STATIC_ROOT=str(root),
    STATIC_URL="/static/",
    STORAGES={"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}},
)
django.setup()

import deployment_static_files  # noqa: E402 (needs the settings)
import deployment_static_releases  # noqa: E402


def do(action, *given):
    if action == "collect":
        name, text, release = given
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
        if release:
            os.environ["STATIC_RELEASE"] = release
        with contextlib.redirect_stdout(io.StringIO()):
            deployment_static_files.collect()
        return json.loads((root / "staticfiles.json").read_text())["paths"][name]
    if action == "delete":
        (source / given[0]).unlink()
        return ""
    kept, count = given
    said = io.StringIO()
    if count is not None:
        cut_off_after(count)
    with contextlib.redirect_stdout(said):
        deployment_static_releases.prune_as_told(root, kept)
    return said.getvalue().strip()


def cut_off_after(count):
    left = [count]

    def counted(change):
        def do_it(*given):
            left[0] -= 1
            if left[0] < 0:
                raise SystemExit("cut off")
            return change(*given)

        return do_it

    for name in ("_remove", "_replace"):
        setattr(deployment_static_releases, name, counted(getattr(deployment_static_releases, name)))


def in_a_process(action):
    reader, writer = os.pipe()
    if os.fork() == 0:
        try:
            result = do(*action)
        except SystemExit as end:
            result = str(end)
        os.write(writer, json.dumps(result).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as pipe:
        said = pipe.read()
    os.wait()
    return json.loads(said)


print(json.dumps([in_a_process(action) for action in actions]))
