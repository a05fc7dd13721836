from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.views.generic import CreateView

from entries.models import Entry

SHOWN = 20  # entries


class EntryForm(forms.ModelForm):
    class Meta:
        model = Entry
        fields = ["name", "message", "image"]
        widgets = {"message": forms.Textarea(attrs={"rows": 4})}


class GuestbookView(CreateView):
    """The latest entries and the form for a new one."""

    form_class = EntryForm
    template_name = "entries/guestbook.html"
    success_url = reverse_lazy("guestbook")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(entries=Entry.objects.all()[:SHOWN], **kwargs)
