from django.test import TestCase

from entries.models import Entry


class GuestbookPageTests(TestCase):
    def test_an_empty_guestbook_says_so(self) -> None:
        self.assertContains(self.client.get("/"), "Nobody has signed yet.")

    def test_signing_leads_back_to_the_page_with_the_entry(self) -> None:
        response = self.client.post(
            "/", {"name": "Ada", "message": "<b>Hello</b>"}, follow=True
        )
        self.assertRedirects(response, "/")
        # Escaped: what visitors write is text, never markup.
        self.assertContains(response, "&lt;b&gt;Hello&lt;/b&gt;")

    def test_a_form_with_errors_is_shown_again(self) -> None:
        response = self.client.post("/", {"name": "", "message": "Hello"})
        self.assertContains(response, "This field is required.")
        self.assertEqual(Entry.objects.count(), 0)
