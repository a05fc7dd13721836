"""Static files under hashed names, for projects that were never built for it."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStorage(ManifestStaticFilesStorage):
    """Django's hashed storage that leaves a reference to a missing file as it is.

    The strict one fails `collectstatic` when one stylesheet names one image that isn't there, and
    fails a page whose template names one; with the plain storage both went unnoticed.
    """

    manifest_strict = False

    def hashed_name(self, name, content=None, filename=None):
        try:
            return super().hashed_name(name, content, filename)
        except ValueError:
            return name
