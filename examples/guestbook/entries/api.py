from rest_framework import mixins, serializers, viewsets
from rest_framework.throttling import AnonRateThrottle, BaseThrottle

from entries.models import Entry


class EntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = Entry
        fields = ["id", "name", "message", "image", "created"]
        read_only_fields = ["created"]


class CreateEntryThrottle(AnonRateThrottle):
    scope = "create-entry"


class EntryViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    viewsets.GenericViewSet,
):
    """Everybody may read and write entries; only the admin changes them."""

    queryset = Entry.objects.all()
    serializer_class = EntrySerializer

    def get_throttles(self) -> list[BaseThrottle]:
        return [CreateEntryThrottle()] if self.action == "create" else []
