"""What would show a project's inside to every visitor, or send all of them to an address where nobody listens.

Asked of the settings as they are at run time, whatever a variable, an .env or another module has made of them.
"""

from __future__ import annotations

from typing import Any

SECURITY = ("django.middleware.security.SecurityMiddleware", "djangosecure.middleware.SecurityMiddleware")
SSLIFY = "sslify.middleware.SSLifyMiddleware"


def problems(settings: Any) -> list[str]:
    """Why the settings may not go to production; empty when they may."""
    found: list[str] = []
    if settings.DEBUG:
        also = ""
        if not isinstance(settings.DEBUG, bool):
            also = " (a text that is not empty counts as true, also 'False': compare it, as below)"
        found.append(
            f"DEBUG is {settings.DEBUG!r}{also}: each error would show settings and code to every visitor. Write\n"
            "        DEBUG = os.environ.get(\"DEBUG\") == \"True\"\n"
            "    into the settings and take DEBUG out of .env; or write `project: { overlay: true }` in deployment.ts."
        )
    elif _shows_toolbar(settings):
        found.append(
            "debug_toolbar is shown to every visitor: DEBUG_TOOLBAR_CONFIG[\"SHOW_TOOLBAR_CALLBACK\"] says so though\n"
            "    DEBUG is off. Have it ask for DEBUG:\n"
            "        DEBUG_TOOLBAR_CONFIG = {\"SHOW_TOOLBAR_CALLBACK\": lambda request: settings.DEBUG}"
        )
    if _handler_of_errors(settings).startswith("django.views.debug"):
        found.append(
            "handler500 is a page of django.views.debug, which shows settings and code to every visitor. Take\n"
            "    `handler500 = …` out of the root URLconf."
        )
    middleware = list(getattr(settings, "MIDDLEWARE", None) or getattr(settings, "MIDDLEWARE_CLASSES", None) or ())
    if getattr(settings, "SECURE_SSL_REDIRECT", False) and any(name in middleware for name in SECURITY):
        found.append(
            "SECURE_SSL_REDIRECT is on and there is no https: every page would be a redirect to an address where\n"
            "    nobody listens. Write\n"
            "        SECURE_SSL_REDIRECT = os.environ.get(\"SECURE_SSL_REDIRECT\") == \"True\"\n"
            "    into the settings and take it out of .env; or write `project: { overlay: true }` in deployment.ts."
        )
    if SSLIFY in middleware and not getattr(settings, "SSLIFY_DISABLE", settings.DEBUG):
        found.append(
            f"{SSLIFY} redirects to https, where nobody listens. Write SSLIFY_DISABLE = True into the settings."
        )
    return found


def warnings(settings: Any) -> list[str]:
    """What will hurt visitors and yet is no reason to refuse."""
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    secure = [name for name in names if getattr(settings, name, False)]
    if not secure:
        return []
    return [
        f"{' and '.join(secure)}: browsers send no such cookie over plain http, so that nobody can log in until "
        "there is https"
    ]


def _shows_toolbar(settings: Any) -> bool:
    """Whether a stranger's request would be shown the toolbar, by the project's own answer."""
    callback = (getattr(settings, "DEBUG_TOOLBAR_CONFIG", None) or {}).get("SHOW_TOOLBAR_CALLBACK")
    if "debug_toolbar" not in settings.INSTALLED_APPS or not callback:
        return False
    try:
        from django.test import RequestFactory
        from django.utils.module_loading import import_string

        show = import_string(callback) if isinstance(callback, str) else callback
        return bool(show(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1")))
    except Exception:
        # It wants more of a request than there is: a user, a session.
        return False


def _handler_of_errors(settings: Any) -> str:
    """The dotted name of the view for errors; empty for Django's own."""
    try:
        from importlib import import_module

        handler = getattr(import_module(settings.ROOT_URLCONF), "handler500", "")
    except Exception:
        # Django's own checks say more of a URLconf that can't be imported.
        return ""
    return handler if isinstance(handler, str) else getattr(handler, "__module__", "") or ""
