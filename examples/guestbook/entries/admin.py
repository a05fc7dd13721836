from django.contrib import admin

from entries.models import Entry


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    list_display = ["name", "message", "image", "created"]
    search_fields = ["name", "message"]
    readonly_fields = ["created"]
