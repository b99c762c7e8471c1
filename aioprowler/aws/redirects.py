"""What is made of an answer that leads elsewhere: requests bear signatures, and nobody follows with them.

S3 alone redirects, where a bucket is in another region than the one that was asked
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html). Of its answer the region is taken, for whose own
host botocore's rules make the request anew and sign it, if it is one; the host that an answer names counts for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from botocore.exceptions import BotoCoreError

from aioprowler.aws.partitions import partition_of

_REGION: Final = "x-amz-bucket-region"
_S3_SAYS: Final = (b"<Code>PermanentRedirect</Code>", b"<Code>TemporaryRedirect</Code>")


class RedirectedError(BotoCoreError):  # type: ignore[misc]
    """The answer leads elsewhere."""

    fmt = "the answer was a redirect to {host}, which is not followed"


def refuse_redirect(url: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raises RedirectedError for an answer that leads elsewhere, but S3's own to another region."""
    if is_redirect(status) and not _is_of_region(headers, body):
        raise RedirectedError(host=led_to(url, headers.get("location", "")))


def _is_of_region(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether S3 tells the region, or would tell it of the bucket (HeadBucket)."""
    if _REGION in headers:
        return bool(partition_of(headers[_REGION]))
    return any(code in body for code in _S3_SAYS)


def drop_what_is_no_region(response: tuple[Any, dict[str, Any]] | None = None, **_: Any) -> None:
    """Before botocore makes a host of the region that S3 tells, by pasting its text: for a bucket with dots
    `elsewhere.example/` makes `s3.elsewhere.example` of it. Handles the event `needs-retry.s3`.
    """
    parsed = response[1] if response else {}
    headers = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    for told, name in ((headers, _REGION), (parsed.get("Error", {}), "Region")):
        if not partition_of(told.get(name) or ""):
            told.pop(name, None)


def redirected(reply: Mapping[str, Any]) -> RedirectedError:
    """Of a ClientError whose status is one of redirects: S3 has told no region, or that region redirects again."""
    told = reply.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("location", "")
    endpoint = reply.get("Error", {}).get("Endpoint", "")
    return RedirectedError(host=led_to("", told or (endpoint and f"https://{endpoint}")))


def origin(url: str) -> str:
    """What of a URL may be told and printed: path and query can be secrets, and it may be somebody else's text."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that is none"
    host = f"[{host}]" if ":" in host else host.encode("unicode_escape").decode()[:253]
    return f"{parts.scheme}://{host}{port}"


def led_to(url: str, location: str) -> str:
    """Where an answer of `url` redirects to, to be printed."""
    try:
        return origin(urljoin(url, location)) if location else "an address that it does not tell"
    except ValueError:
        return origin(location)


def is_redirect(status: int) -> bool:
    """Also 304, for which nobody asks."""
    return 300 <= status < 400
