"""Signature version 4 of AWS, for a form that is posted (IAM user guide, "Create a signed AWS API request")."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass(frozen=True)
class Credentials:
    """What a role signs with."""

    key: str
    secret: str
    # Of the session; empty: there is none.
    token: str = ""


@dataclass(frozen=True)
class Scope:
    """What a signature is good for."""

    region: str
    # For example "ec2".
    service: str


def signed_headers(url: str, body: bytes, credentials: Credentials, scope: Scope, now: datetime) -> Mapping[str, str]:
    """The headers of a POST of a form to the root of a service, at a time in UTC."""
    headers = {"content-type": FORM, "host": urlsplit(url).netloc, "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}"}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    names = ";".join(headers)
    lines = [f"{name}:{value}\n" for name, value in headers.items()]
    request = "\n".join(["POST", "/", "", "".join(lines), names, hashlib.sha256(body).hexdigest()])
    place = f"{now:%Y%m%d}/{scope.region}/{scope.service}/aws4_request"
    text = "\n".join([ALGORITHM, headers["x-amz-date"], place, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{credentials.secret}".encode()
    for part in place.split("/"):
        key = _mac(key, part)
    signature = _mac(key, text).hex()
    authorization = f"{ALGORITHM} Credential={credentials.key}/{place}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": authorization}


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
