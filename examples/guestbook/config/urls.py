"""The page at /, the API under /api/, the admin, and what operators ask."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from config import operations
from entries.api import EntryViewSet
from entries.views import GuestbookView

router = DefaultRouter()
router.register("entries", EntryViewSet)

urlpatterns = [
    path("", GuestbookView.as_view(), name="guestbook"),
    path("admin/", admin.site.urls),
    path("health/", operations.health, name="health"),
    path("api/release/", operations.release, name="release"),
    path("api/slow/", operations.slow, name="slow"),
    path("api/", include(router.urls)),
    # Only with DEBUG: in production nginx serves the uploads.
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
