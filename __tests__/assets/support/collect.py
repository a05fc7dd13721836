"""Collects the static files of one app of a throwaway project, with our code. Arguments: the app's static
folder, STATIC_ROOT, the storage. Prints what the storage then says of the names given after them.
"""

import json
import sys

import django
from django.conf import settings

source, root, storage, *names = sys.argv[1:]
settings.configure(
    INSTALLED_APPS=["django.contrib.staticfiles"],
    STATICFILES_DIRS=[source],
    STATIC_ROOT=root,
    STATIC_URL="/static/",
    STORAGES={"staticfiles": {"BACKEND": storage}},
)
django.setup()

import deployment_static_files  # noqa: E402 (needs the settings)

deployment_static_files.collect()

from django.contrib.staticfiles.storage import storages  # noqa: E402

print(json.dumps([storages.create_storage(settings.STORAGES["staticfiles"]).url(name) for name in names]))
