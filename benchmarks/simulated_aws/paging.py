"""Pages of a listing, as botocore's paginator models describe them. A token names the first element of its page."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jmespath
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from msgspec import Struct

from aioprowler.facts.services import SERVICES
from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.routing import Call, operation_model

DEFAULT_SIZE = {"iam": 100, "rds": 100, "organizations": 20, "lambda": 50, "ec2": 1000, "s3": 10000, "ssm": 50}
"""Elements of a page where the request does not say; elsewhere 100. Without a page size EC2 tells all it has."""
LARGEST = {"organizations": 20, "rds": 100, "ec2": 1000, "iam": 1000, "lambda": 50, "ssm": 50}
_TOKEN = re.compile(r"page-(\d+)")
_TOKEN_NAME = re.compile(r"(?i)(?:next)?(?:page)?(?:token|marker)")
_UNMODELLED = {
    ("s3control", "ListAccessPoints"): "AccessPointList",
    ("s3control", "ListMultiRegionAccessPoints"): "AccessPoints",
    ("iam", "GetServiceLastAccessedDetails"): "ServicesLastAccessed",
}
"""Paged operations that botocore's paginator files leave out -> the list that is paged."""


class Pager(Struct, frozen=True):
    """How an operation is paged."""

    input_token: str
    output_token: str
    limit: str
    results: tuple[str, ...]
    more: str


@cache
def _paginators(service: str) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = Loader().load_service_model(service, "paginators-1")["pagination"]
    except (UnknownServiceError, OSError, KeyError):
        return {}
    return loaded


@cache
def pager(service: str, operation: str) -> Pager | None:
    if (service, operation) in _UNMODELLED:
        results = (_UNMODELLED[service, operation],)
        if service == "iam":
            return Pager("Marker", "Marker", "MaxItems", results, "IsTruncated")
        return Pager("NextToken", "NextToken", "MaxResults", results, "")
    model = _paginators(service).get(operation)
    if model is None:
        return _known(service, operation)
    first = [_first(model[key]) for key in ("input_token", "output_token")]
    results = model.get("result_key", [])
    return Pager(
        first[0],
        first[1].split(" ")[0],  # `NextMarker || Contents[-1].Key`
        model.get("limit_key", ""),
        tuple(results if isinstance(results, list) else [results]),
        model.get("more_results", ""),
    )


def _known(service: str, operation: str) -> Pager | None:
    """What the paginator files leave out, as far as the product knows of it."""
    row = SERVICES.get(service)
    paging = row.pages.get(operation) if row else None
    if paging is None or "[" in paging.output:
        return None
    shape = operation_model(service, operation).output_shape
    lists = tuple(name for name, member in shape.members.items() if member.type_name == "list")
    return Pager(paging.input, paging.output, paging.limit, lists, paging.more)


def _first(value: str | list[str]) -> str:
    return value[0] if isinstance(value, list) else value


def page_number(call: Call) -> int:
    """0 for the first page."""
    paging = pager(call.service, call.operation)
    start = _start(call, paging) if paging else 0
    return start // _size(call, paging) if paging and start else 0


def is_whole(call: Call) -> bool:
    """Whether all there is, is asked for at once: neither a page size nor a filter nor ids."""
    return not any(name != "DryRun" for name in call.params)


def cut(call: Call, reply: dict[str, Any]) -> dict[str, Any]:
    """The page of the whole reply that the call asks for. Raises AwsError for a token that is none."""
    paging = pager(call.service, call.operation)
    if paging is None:
        return reply
    start, size = _start(call, paging), _size(call, paging)
    total, page = 0, reply
    for path in paging.results:
        items = jmespath.search(path, reply)
        if not isinstance(items, list):
            continue
        # Several lists are paged as one.
        page = _with(page, path.split("."), items[max(0, start - total) : max(0, start + size - total)])
        total += len(items)
    end = start + size
    if end < total and paging.output_token:
        page = _with(page, paging.output_token.split("."), f"page-{end}")
    if paging.more:
        page = _with(page, paging.more.split("."), end < total)
    return page


def _start(call: Call, paging: Pager) -> int:
    token = call.params.get(paging.input_token)
    if not token:
        return 0
    found = _TOKEN.fullmatch(str(token))
    if found is None:
        raise AwsError("InvalidNextToken", "The token is not one of this listing.", 400)
    return int(found[1])


def _size(call: Call, paging: Pager) -> int:
    asked = int(call.params.get(paging.limit) or 0) if paging.limit else 0
    if not asked and call.service == "ec2":
        return 1_000_000_000
    largest = LARGEST.get(call.service) or _largest(call)
    return max(
        1, min(asked or DEFAULT_SIZE.get(call.service, min(100, largest)), largest if call.service != "s3" else 10000)
    )


def _largest(call: Call) -> int:
    """As far as the product knows of it."""
    sizes = SERVICES[call.service].sizes if call.service in SERVICES else {}
    return sizes.get(call.operation) or sizes.get("*") or 1000


def _with(reply: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    """A copy in which the member at the path is another one."""
    head, *rest = path
    if not rest:
        return {**reply, head: value}
    inner = reply.get(head)
    return {**reply, head: _with(inner if isinstance(inner, dict) else {}, rest, value)}


def is_token(service: str, operation: str, name: str) -> bool:
    """Whether a member of a reply says that there is more."""
    paging = pager(service, operation)
    return bool(_TOKEN_NAME.fullmatch(name)) or (paging is not None and name in (paging.output_token, paging.more))
