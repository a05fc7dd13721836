"""Production behind nginx; what differs by machine comes from the environment."""

from config.environment import flag, mariadb, names, required

from .base import *  # noqa: F403

DEBUG = False
SECRET_KEY = required("SECRET_KEY")
ALLOWED_HOSTS = names("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = names("CSRF_TRUSTED_ORIGINS")

DATABASES = {"default": mariadb()}

# File names with a hash of their content: nginx lets browsers keep them for ever.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}

# nginx sets this header itself, whatever the client sent.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The health check asks the worker directly, over plain http.
SECURE_REDIRECT_EXEMPT = [r"^health/$"]

# HTTPS=on once nginx (or what is in front of it) has a certificate.
HTTPS = flag("HTTPS")
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# Starts with an hour: browsers hold on to it, so a mistake should expire soon.
SECURE_HSTS_SECONDS = 3600 if HTTPS else 0

if HTTPS:
    # HSTS for subdomains (W005) and the preload list (W021) bind more than this
    # site, for longer than it may live: a decision for the owner of the domain.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
else:
    # Plain http on this computer: HSTS (W004) and a redirect (W008) would lead nowhere,
    # and browsers would never send secure cookies (W012, W016) back.
    SILENCED_SYSTEM_CHECKS = [
        "security.W004",
        "security.W008",
        "security.W012",
        "security.W016",
    ]
