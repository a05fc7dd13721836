"""What operators ask: is it healthy, which release is it, does it drain."""

import logging
import time

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

logger = logging.getLogger(__name__)

LONGEST_WAIT = 5  # seconds


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when this worker reaches the database, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        logger.error("The database does not answer: %s", error)
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def release(request: HttpRequest) -> JsonResponse:
    """The release that answers, so that a deployment can see which one serves."""
    return JsonResponse({"release": settings.RELEASE})


@require_GET
@never_cache
def slow(request: HttpRequest) -> JsonResponse:
    """Answers after ?seconds= (0 to 5), to see that releases drain their requests."""
    try:
        seconds = float(request.GET.get("seconds", "2"))
    except ValueError:
        seconds = -1.0
    # Written so that "nan" is refused too.
    if not 0 <= seconds <= LONGEST_WAIT:
        return JsonResponse(
            {"seconds": f"Expected a number from 0 to {LONGEST_WAIT}."}, status=400
        )
    time.sleep(seconds)
    return JsonResponse({"seconds": seconds, "release": settings.RELEASE})
