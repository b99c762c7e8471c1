"""AWS's errors: what each protocol calls them, and how it writes them."""

from __future__ import annotations

import json
from typing import Any, Final, Literal
from xml.sax.saxutils import escape

Trouble = Literal["throttled", "denied", "expired", "invalid_key", "no_key", "unknown", "invalid", "500", "503"]

_QUERY: Final[dict[Trouble, tuple[str, int]]] = {
    "throttled": ("Throttling", 400),
    "denied": ("AccessDenied", 403),
    "expired": ("ExpiredToken", 403),
    "invalid_key": ("InvalidClientTokenId", 403),
    "no_key": ("MissingAuthenticationToken", 403),
    "unknown": ("InvalidAction", 400),
    "invalid": ("ValidationError", 400),
    "500": ("InternalFailure", 500),
    "503": ("ServiceUnavailable", 503),
}
_JSON: Final[dict[Trouble, tuple[str, int]]] = {
    "throttled": ("ThrottlingException", 400),
    "denied": ("AccessDeniedException", 400),
    "expired": ("ExpiredTokenException", 400),
    "invalid_key": ("UnrecognizedClientException", 400),
    "no_key": ("MissingAuthenticationTokenException", 400),
    "unknown": ("UnknownOperationException", 400),
    "invalid": ("ValidationException", 400),
    "500": ("InternalServerError", 500),
    "503": ("ServiceUnavailableException", 503),
}
CODES: Final[dict[str, dict[Trouble, tuple[str, int]]]] = {
    "ec2": _QUERY
    | {
        "throttled": ("RequestLimitExceeded", 503),
        "denied": ("UnauthorizedOperation", 403),
        "expired": ("RequestExpired", 400),
        "invalid_key": ("AuthFailure", 401),
        "invalid": ("InvalidParameterValue", 400),
        "500": ("InternalError", 500),
        "503": ("Unavailable", 503),
    },
    "query": _QUERY,
    "rest-xml": _QUERY,
    "s3": _QUERY
    | {
        "throttled": ("SlowDown", 503),
        "expired": ("ExpiredToken", 400),
        "invalid_key": ("InvalidAccessKeyId", 403),
        "no_key": ("AccessDenied", 403),
        "unknown": ("MethodNotAllowed", 405),
        "invalid": ("InvalidArgument", 400),
        "500": ("InternalError", 500),
    },
    "json": _JSON,
    "rest-json": _JSON
    | {
        "denied": ("AccessDeniedException", 403),
        "expired": ("ExpiredTokenException", 403),
        "invalid_key": ("UnrecognizedClientException", 403),
        "no_key": ("MissingAuthenticationTokenException", 403),
        "unknown": ("UnknownOperationException", 404),
        "500": ("InternalServerException", 500),
    },
}
"""Protocol -> trouble -> error code and HTTP status (the services' "Common errors"). S3 has words of its own."""

_OF_SERVICE: Final[dict[tuple[str, Trouble], tuple[str, int]]] = {
    ("organizations", "throttled"): ("TooManyRequestsException", 400),
    ("lambda", "throttled"): ("TooManyRequestsException", 429),
    ("account", "throttled"): ("TooManyRequestsException", 429),
    ("securityhub", "throttled"): ("TooManyRequestsException", 429),
    ("kinesis", "throttled"): ("LimitExceededException", 400),
    ("s3control", "throttled"): ("SlowDown", 503),
}

MESSAGES: Final[dict[Trouble, str]] = {
    "throttled": "Rate exceeded",
    "denied": "Access Denied",
    "expired": "The security token included in the request is expired",
    "invalid_key": "The security token included in the request is invalid.",
    "no_key": "Request is missing Authentication Token",
    "unknown": "There is no such operation.",
    "invalid": "The request is not valid.",
    "500": "An internal error has occurred. Please try your query again at a later time.",
    "503": "The service is unavailable. Please try again shortly.",
}


class AwsError(Exception):
    """An error that the simulated AWS answers with: its own code, or a trouble that every protocol words itself."""

    def __init__(self, code: str, message: str = "", status: int = 400, **headers: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def trouble(kind: Trouble, service: str, protocol: str, message: str = "") -> AwsError:
    """The error in the words of the service and its protocol."""
    code, status = _OF_SERVICE.get((service, kind)) or CODES["s3" if service == "s3" else protocol][kind]
    return AwsError(code, message or MESSAGES[kind], status)


def write(error: AwsError, service: str, protocol: str) -> tuple[dict[str, str], bytes]:
    """Headers and body."""
    if protocol in ("json", "rest-json"):
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": error.code}
        body: dict[str, Any] = {"__type": error.code, "message": error.message}
        return headers | error.headers, json.dumps(body).encode()
    detail = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    if protocol == "ec2":
        text = f"<Response><Errors><Error>{detail}</Error></Errors><RequestID>simulated</RequestID></Response>"
    elif service == "s3":
        text = f"<Error>{detail}<RequestId>simulated</RequestId></Error>"
    else:
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type>{detail}</Error><RequestId>simulated</RequestId></ErrorResponse>"
        )
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return {"Content-Type": "text/xml"} | error.headers, f"{head}{text}".encode()
