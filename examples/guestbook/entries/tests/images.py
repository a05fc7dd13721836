from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def png(name: str = "dot.png") -> SimpleUploadedFile:
    """A real picture of one pixel."""
    buffer = BytesIO()
    Image.new("RGB", (1, 1), "teal").save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/png")
