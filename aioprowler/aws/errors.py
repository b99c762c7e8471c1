"""AWS's error codes, by what they mean for a scan.

Codes from the services' API references ("Common errors") and the EC2 API's error-code table
(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html).
"""

from __future__ import annotations

import logging

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from aioprowler.declarations.failure import Failure, FailureKind
from aioprowler.declarations.sources import Operation

logger = logging.getLogger("aioprowler")

THROTTLED = frozenset(
    {"BandwidthLimitExceeded", "EC2ThrottledException", "PriorRequestNotComplete"}
    | {"ProvisionedThroughputExceededException"}
    | {"RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown", "ThrottledException"}
    | {"Throttling", "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException", "429"}
)
DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AllAccessDisabled", "AuthorizationError", "AuthorizationErrorException"}
    | {"Client.UnauthorizedOperation", "Forbidden", "ForbiddenException", "NotAuthorized", "UnauthorizedAccess"}
    | {"UnauthorizedException", "UnauthorizedOperation", "403"}
)
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
UNAUTHENTICATED = EXPIRED | {
    "AuthFailure",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
UNSUPPORTED = frozenset(
    {"InvalidAction", "MethodNotAllowed", "NotSignedUp", "OptInRequired", "SubscriptionRequiredException"}
    | {"UnknownOperationException", "UnsupportedOperation", "UnsupportedOperationException"}
)
TRANSIENT = frozenset(
    {"InternalError", "InternalFailure", "InternalServerError", "InternalServerException", "InternalServiceError"}
    | {"InternalServiceException", "RequestTimeout", "RequestTimeoutException", "ServiceFailure", "ServiceUnavailable"}
    | {"ServiceUnavailableException", "Unavailable", "ConcurrentModificationException", "500", "502", "503", "504"}
)

_SCP = "service control policy"


class UnreadableReplyError(BotoCoreError):  # type: ignore[misc]
    """AWS's reply is not what its protocol says. The reply itself is not told: it may hold credentials."""

    fmt = "The reply of {endpoint} could not be parsed."


class NotInRegionError(BotoCoreError):  # type: ignore[misc]
    """The region does not have the service: its name does not resolve, and botocore does not list it there."""

    fmt = "{service} is not in {region}: its name does not resolve."


_TIMEOUTS = (TimeoutError, ConnectTimeoutError, ReadTimeoutError)
_UNREACHABLE = (EndpointConnectionError, HTTPClientError, OSError)


def classify(error: Exception, operation: Operation) -> Failure:
    """What kind of failure an exception of a transport is."""
    if isinstance(error, ClientError):
        return _client_error(error, operation)
    code = type(error).__name__
    if isinstance(error, NotInRegionError):
        return Failure("unsupported", operation.action, code, str(error))
    if isinstance(error, NoCredentialsError):
        return Failure("unauthenticated", operation.action, code, str(error))
    if isinstance(error, ParamValidationError):
        return Failure("broken", operation.action, code, str(error))
    if isinstance(error, _TIMEOUTS):
        return Failure("timed_out", operation.action, code, str(error))
    if isinstance(error, _UNREACHABLE):
        return Failure("unreachable", operation.action, code, str(error))
    if not isinstance(error, BotoCoreError):
        logger.error("%s: the transport raised %s", operation, code, exc_info=error)
    return Failure("broken", operation.action, code, str(error))


def _client_error(error: ClientError, operation: Operation) -> Failure:
    detail = error.response.get("Error", {})
    code = str(detail.get("Code") or "Unknown")
    message = str(detail.get("Message") or "")
    kind = kind_of(code, status_of(error), message)
    return Failure(kind, operation.action, code, message, by_scp=kind == "denied" and _SCP in message)


_TRANSIENT_KINDS: frozenset[FailureKind] = frozenset({"throttled", "timed_out", "unreachable", "unauthenticated"})


def is_transient(failure: Failure) -> bool:
    """Whether it may be over when the scan is resumed."""
    return failure.kind in _TRANSIENT_KINDS or failure.code in TRANSIENT


def status_of(error: ClientError) -> int:
    """The HTTP status of the reply; 0 where there was none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)


def kind_of(code: str, status: int, message: str = "") -> FailureKind:
    """By AWS's error code first, then by the HTTP status; what neither tells is `broken`."""
    if code in THROTTLED or status == 429 or "Rate exceeded" in message:
        return "throttled"
    if code in UNAUTHENTICATED:
        return "unauthenticated"
    if code in UNSUPPORTED:
        return "unsupported"
    if code in DENIED or status == 403:
        return "denied"
    return "broken"
