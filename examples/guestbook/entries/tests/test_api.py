import tempfile
from pathlib import Path
from unittest.mock import patch

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from entries.api import CreateEntryThrottle
from entries.models import Entry
from entries.tests.images import png


class EntryApiTests(TestCase):
    def setUp(self) -> None:
        cache.clear()
        media = tempfile.TemporaryDirectory()
        self.addCleanup(media.cleanup)
        self.media = Path(media.name)
        overridden = self.settings(MEDIA_ROOT=self.media)
        overridden.enable()
        self.addCleanup(overridden.disable)

    def post(self, **fields: object):
        return self.client.post("/api/entries/", {"name": "Ada", **fields})

    def test_an_entry_is_stored_and_listed_newest_first(self) -> None:
        Entry.objects.create(name="Charles", message="First.")
        response = self.post(message="Grüße, 你好, 👋")
        self.assertEqual(response.status_code, 201)

        listed = self.client.get("/api/entries/").json()
        self.assertEqual(listed["count"], 2)
        self.assertEqual(
            [entry["message"] for entry in listed["results"]],
            ["Grüße, 你好, 👋", "First."],
        )

    def test_an_uploaded_image_is_kept_and_its_address_returned(self) -> None:
        response = self.post(message="Look.", image=png())
        self.assertEqual(response.status_code, 201)
        entry = Entry.objects.get()
        self.assertTrue((self.media / entry.image.name).is_file())
        self.assertEqual(
            response.json()["image"], f"http://testserver/media/{entry.image.name}"
        )

    def test_what_is_no_image_is_refused(self) -> None:
        for upload in (
            SimpleUploadedFile("page.html", b"<script>alert(1)</script>", "text/html"),
            SimpleUploadedFile("page.png", b"<script>alert(1)</script>", "image/png"),
            png("picture.html"),
        ):
            with self.subTest(upload.name):
                response = self.post(message="Look.", image=upload)
                self.assertEqual(response.status_code, 400)
                self.assertIn("image", response.json())
        self.assertEqual(Entry.objects.count(), 0)

    def test_an_image_above_the_limit_is_refused(self) -> None:
        with patch("entries.models.LARGEST_IMAGE", 10):
            response = self.post(message="Look.", image=png())
        self.assertEqual(response.status_code, 400)
        self.assertIn("at most 10", response.json()["image"][0])

    def test_missing_and_oversized_fields_are_named(self) -> None:
        response = self.client.post("/api/entries/", {"message": "x" * 2001})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(set(response.json()), {"name", "message"})

    def test_visitors_cannot_change_or_delete(self) -> None:
        entry = Entry.objects.create(name="Ada", message="Hello.")
        for method in ("put", "patch", "delete"):
            response = getattr(self.client, method)(f"/api/entries/{entry.pk}/")
            self.assertEqual(response.status_code, 405)

    def test_only_writing_is_throttled(self) -> None:
        with patch.object(CreateEntryThrottle, "rate", "2/minute", create=True):
            answers = [self.post(message="Hi.").status_code for _ in range(3)]
            self.assertEqual(answers, [201, 201, 429])
            self.assertEqual(self.client.get("/api/entries/").status_code, 200)
