"""Makes Django's storage durable in each Python of the image, before anything of the project has seen it.

A file deployment.pth in the virtualenv has Python load this module at its start, so that it also counts for projects
whose settings are theirs alone, for workers, for jobs, and for classes that a project makes from Django's. It costs
nothing but a comparison of names until Django's storage is imported, if ever.
"""

import sys

STORAGE = "django.core.files.storage"


class StorageFinder:
    """Stands before Python's own finders, for one module."""

    def find_spec(self, name, path=None, target=None):
        if name != STORAGE:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                self._extend(spec.loader)
                return spec
        return None

    def _extend(self, loader):
        execute = loader.exec_module

        def exec_module(module):
            execute(module)
            from deployment_uploads import durable

            durable.make_durable(module.FileSystemStorage)
            sys.meta_path.remove(self)

        loader.exec_module = exec_module


if STORAGE not in sys.modules:
    sys.meta_path.insert(0, StorageFinder())
