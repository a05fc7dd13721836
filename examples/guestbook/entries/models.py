from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.validators import FileExtensionValidator, MaxLengthValidator
from django.db import models

LARGEST_IMAGE = 5 * 1024 * 1024  # bytes


def validate_image_size(image: File) -> None:
    if image.size > LARGEST_IMAGE:
        raise ValidationError(
            f"The image has {image.size} bytes; at most {LARGEST_IMAGE} are allowed.",
            code="image_too_large",
        )


class Entry(models.Model):
    """What a visitor wrote into the guestbook."""

    name = models.CharField(max_length=80)
    message = models.TextField(validators=[MaxLengthValidator(2000)])
    image = models.ImageField(
        upload_to="entries/%Y/%m/",
        blank=True,
        validators=[
            FileExtensionValidator(["gif", "jpeg", "jpg", "png", "webp"]),
            validate_image_size,
        ],
    )
    created = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-created", "-id"]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.name}: {self.message[:40]}"
