"""AWS as this machine's role sees it: the instance's metadata, and EC2."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Protocol
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener
from xml.etree import ElementTree

from ..clock import moment_of, timestamp
from ..failure import Failure
from .signature import Credentials, Scope, signed_headers

# Where the instance's metadata answer, and the region's EC2.
METADATA = "http://169.254.169.254"
EC2 = "https://ec2.{region}.amazonaws.com"

# Of EC2's API.
VERSION = "2016-11-15"

# Seconds: for an answer of the metadata, which are near, and of EC2; for which the metadata's token is good.
NEAR, FAR, TOKEN = 5.0, 20.0, 60

# Characters of AWS's words that are shown: it may add some hundred that only it can read.
WIDTH = 200


class AwsError(Failure):
    """AWS refuses, or does not answer."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        # AWS's own name for the reason; empty when it did not answer.
        self.code = code


class Aws(Protocol):
    """What the machine may ask AWS for."""

    def groups(self) -> list[str]:
        """Ids of the machine's own security groups. Raises AwsError."""

    def ask(self, action: str, parameters: Mapping[str, str]) -> ElementTree.Element:
        """Has EC2 do something; its answer. Raises AwsError."""


class RoleAws:
    """AWS by the role of this machine. It signs with the machine's time: AWS refuses a clock that is minutes wrong."""

    def __init__(self, metadata: str = METADATA, ec2: str = EC2) -> None:
        self._metadata, self._ec2 = metadata, ec2
        # No proxy has this machine's metadata.
        self._near = build_opener(ProxyHandler({}))
        self._token = ""

    def groups(self) -> list[str]:
        """Ids of the machine's own security groups. See `Aws`."""
        mac = self._look("mac")
        return self._look(f"network/interfaces/macs/{mac}/security-group-ids").split()

    def ask(self, action: str, parameters: Mapping[str, str]) -> ElementTree.Element:
        """Has EC2 do something. See `Aws`."""
        region = self._look("placement/region")
        url = self._ec2.format(region=region)
        body = urlencode({"Action": action, "Version": VERSION, **parameters}).encode()
        scope = Scope(region, "ec2")
        headers = signed_headers(f"{url}/", body, self._credentials(), scope, moment_of(timestamp()))
        try:
            with build_opener().open(_request(f"{url}/", headers, body), timeout=FAR) as answer:
                return _parsed(answer.read())
        except HTTPError as error:
            raise _refusal(action, error) from error
        except (OSError, HTTPException, ValueError, ElementTree.ParseError) as error:
            raise AwsError(f"{url} does not answer {action}: {_reason(error)}") from error

    def _credentials(self) -> Credentials:
        role = self._look("iam/security-credentials/").partition("\n")[0]
        try:
            found = json.loads(self._look(f"iam/security-credentials/{role}"))
            return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["Token"])
        except (ValueError, KeyError, TypeError) as error:
            raise AwsError("the instance's metadata have no credentials of this machine's role") from error

    def _look(self, path: str) -> str:
        """A value of the metadata, by their second version, which wants a token."""
        try:
            if not self._token:
                lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN)}
                self._token = self._read(_request(f"{self._metadata}/latest/api/token", lifetime, method="PUT"))
            token = {"X-aws-ec2-metadata-token": self._token}
            return self._read(_request(f"{self._metadata}/latest/meta-data/{path}", token))
        except (OSError, HTTPException, ValueError) as error:
            raise AwsError(f"the instance's metadata have no {path.strip('/')}: {_reason(error)}") from error

    def _read(self, request: Request) -> str:
        with self._near.open(request, timeout=NEAR) as answer:
            text: bytes = answer.read()
        return text.decode().strip()


def texts(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    """All parts of an answer of this name: each has the name of the API's version before its own."""
    return [part for part in element.iter() if part.tag.rpartition("}")[2] == name]


def text_of(element: ElementTree.Element, name: str) -> str:
    """The text of the first part of this name; empty when there is none."""
    found = texts(element, name)
    return (found[0].text or "") if found else ""


def _request(url: str, headers: Mapping[str, str], body: bytes | None = None, method: str | None = None) -> Request:
    # Addresses of AWS, or of who starts this program: no scheme comes from elsewhere.
    return Request(url, body, dict(headers), method=method)  # noqa: S310


def _parsed(text: bytes) -> ElementTree.Element:
    # AWS's own words, which come by TLS.
    return ElementTree.fromstring(text)  # noqa: S314


def _refusal(action: str, error: HTTPError) -> AwsError:
    try:
        with error:
            answer = _parsed(error.read())
    except (OSError, HTTPException, ElementTree.ParseError):
        return AwsError(f"AWS answers {action} with HTTP {error.code}")
    code, message = text_of(answer, "Code"), " ".join(text_of(answer, "Message").split())
    return AwsError(f"AWS refuses {action}: {code} {message}"[:WIDTH].rstrip(), code)


def _reason(error: Exception) -> str:
    if isinstance(error, HTTPError):
        error.close()
    return " ".join(str(getattr(error, "reason", "") or error).split()) or type(error).__name__
