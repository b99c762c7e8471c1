"""botocore's parsers: what replies mean, in the end, and what reads each value that is more than text or a number."""

from __future__ import annotations

import datetime
import re
from typing import Any

from botocore.parsers import ResponseParserFactory
from botocore.utils import parse_timestamp

_NUMBERS = (int, float)
_UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z", re.ASCII)


def timestamp(value: Any) -> datetime.datetime:
    """As botocore reads it, but the forms that most replies have without trying every form there is. Raises ValueError
    and what botocore raises.
    """
    if isinstance(value, _NUMBERS):
        try:
            return datetime.datetime.fromtimestamp(value, datetime.UTC)
        except (OverflowError, OSError):
            pass  # of year 1 and the like, which botocore knows how to reach
    elif isinstance(value, str) and _UTC_TIME.fullmatch(value):
        return datetime.datetime.fromisoformat(value)
    read: datetime.datetime = parse_timestamp(value)
    return read


_FACTORY = ResponseParserFactory()
_FACTORY.set_parser_defaults(timestamp_parser=timestamp)


def parser_of(protocol: str) -> Any:
    """botocore's parser of the protocol."""
    return _FACTORY.create_parser(protocol)
