"""AWS's error codes, by what they mean for a scan.

Codes from the services' API references ("Common errors"), the EC2 API's error-code table
(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html) and S3's
(https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
"""

from __future__ import annotations

import logging
import re
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ParamValidationError,
    ReadTimeoutError,
)

from aioprowler.aws.redirects import is_redirect, redirected
from aioprowler.declarations.failure import Failure, FailureKind
from aioprowler.declarations.sources import Operation, means
from aioprowler.facts.services import row
from aioprowler.texts import shortened

logger = logging.getLogger("aioprowler")

THROTTLED = frozenset(
    {"BandwidthLimitExceeded", "EC2ThrottledException", "PriorRequestNotComplete"}
    | {"ProvisionedThroughputExceededException"}
    | {"RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown", "ThrottledException"}
    | {"Throttling", "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException", "429"}
)
DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException"}
    | {"Client.UnauthorizedOperation", "Forbidden", "ForbiddenException", "NotAuthorized", "UnauthorizedAccess"}
    | {"UnauthorizedException", "UnauthorizedOperation", "403"}
)
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
ENDED = EXPIRED | {
    "CredentialRetrievalError",
    "LoginError",
    "LoginAuthorizationCodeError",
    "LoginInsufficientPermissions",
    "LoginRefreshRequired",
    "LoginTokenLoadError",
    "MetadataRetrievalError",
    "NoAuthTokenError",
    "NoCredentialsError",
    "PartialCredentialsError",
    "RefreshWithMFAUnsupportedError",
    "SSOError",
    "SSOTokenLoadError",
    "TokenRetrievalError",
    "UnauthorizedSSOTokenError",
    "UnknownCredentialError",
    "UnknownTokenProviderError",
}
"""Nothing more can be asked with the credentials: AWS calls them expired, or what gives them gives no others. By AWS's
codes and the names of botocore's exceptions (botocore.exceptions; those of `aws login` are newer than some botocores).
"""
UNAUTHENTICATED = ENDED | {
    "AuthFailure",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSecurity",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
REFUSED = frozenset(
    {"AccountProblem", "AllAccessDisabled", "Blocked", "InvalidAction", "InvalidPayer", "MethodNotAllowed"}
    | {"NotSignedUp", "OptInRequired", "PendingVerification", "SubscriptionRequiredException"}
    | {"UnknownOperationException", "UnsupportedOperation", "UnsupportedOperationException"}
)
"""The account may not do it, or there is no such operation there. What it would tell there may be all the same: a
service as a whole is not there where its row in `facts/services.py` says so.
"""
NOT_IMPLEMENTED: Final = "NotImplemented"
"""What answers does not have the operation: S3's code, and that of simulated AWSs."""
TRANSIENT = frozenset(
    {"InternalError", "InternalFailure", "InternalServerError", "InternalServerException", "InternalServiceError"}
    | {"InternalServiceException", "RequestTimeout", "RequestTimeoutException", "ServiceFailure", "ServiceUnavailable"}
    | {"ServiceUnavailableException", "Unavailable", "ConcurrentModificationException", "500", "502", "503", "504"}
)
NOT_IN_PARTITION = "NotInPartition"
"""In the place of an error code: the partition does not have the service."""

_POLICY = re.compile(
    r"(explicit deny in (?:an?|the) (?:[\w-]+ ){1,2}(?:policy|boundary)"
    r"(?: transitively through an? (?:[\w-]+ ){1,2}policy)?)"
    r"|\b(no (?!identity-based)(?:[\w-]+ ){1,2}(?:policy|policies|boundary) allows?)\b",
    re.IGNORECASE,
)
"""What AWS says of the policy that denies; not where no identity-based policy allows it, which a grant mends
(https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
"""
_REPEATED: Final = re.compile(r"(x-amz-[\w-]*token[:=])[^\s'&]+", re.IGNORECASE)
"""A session token, where AWS says what a signature that does not match should have been made of
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html).
"""


class UnreadableReplyError(BotoCoreError):  # type: ignore[misc]
    """AWS's reply is not what its protocol says. The reply itself is not told: it may hold credentials."""

    fmt = "The reply of {endpoint} could not be parsed."


UNREADABLE = UnreadableReplyError.__name__
"""In the place of the error code of a refusal that cannot be read: a page of a proxy, say."""


class NotInRegionError(BotoCoreError):  # type: ignore[misc]
    """The region does not have the service: its name does not resolve, and botocore does not list it there."""

    fmt = "{service} is not in {region}: its name does not resolve."


_LONGEST_CODE: Final = 100
_LONGEST_MESSAGE: Final = 2000
"""Characters of what AWS, or whoever answers in its place, says of an error: all findings that it hides repeat it."""
_TIMEOUTS = (TimeoutError, ConnectTimeoutError, ReadTimeoutError)
_UNREACHABLE = (EndpointConnectionError, HTTPClientError, OSError)


def classify(error: Exception, operation: Operation) -> Failure:
    """What kind of failure an exception of a transport is."""
    if isinstance(error, ClientError):
        return _client_error(error, operation)
    code, message = type(error).__name__, shortened(str(error), _LONGEST_MESSAGE)
    if ended := ended_by(error):
        return Failure("unauthenticated", operation.action, ended, " ".join(message.split()))
    if isinstance(error, NotInRegionError):
        return not_there(operation, code, message)
    if isinstance(error, ParamValidationError):
        return Failure("broken", operation.action, code, message)
    if isinstance(error, _TIMEOUTS):
        return Failure("timed_out", operation.action, code, message)
    if isinstance(error, _UNREACHABLE):
        return Failure("unreachable", operation.action, code, message)
    if not isinstance(error, BotoCoreError):
        logger.error("%s: the transport raised %s", operation, code, exc_info=error)
    return Failure("broken", operation.action, code, message)


def is_page(text: str) -> bool:
    """Whether it begins as HTML does: what answered is not AWS, whose API sends none."""
    return text[:64].lstrip().lower().startswith(("<!doctype html", "<html"))


def ended_by(error: Exception) -> str:
    """The name by which an exception of botocore's is one of ENDED; empty where it is none."""
    return next((each.__name__ for each in type(error).__mro__ if each.__name__ in ENDED), "")


def _client_error(error: ClientError, operation: Operation) -> Failure:
    if is_redirect(status_of(error)):
        return classify(redirected(error.response), operation)
    detail = error.response.get("Error", {})
    code = shortened(str(detail.get("Code") or "Unknown"), _LONGEST_CODE)
    message = _REPEATED.sub(r"\1...", shortened(str(detail.get("Message") or ""), _LONGEST_MESSAGE))
    if code == UNREADABLE or is_page(message):
        message = f"HTTP status {status_of(error)}, without an error of AWS's"
    if means(row(operation.service).unsubscribed, code, message):
        return not_there(operation, code, message)
    is_refused = means(row(operation.service).refuses, code, message)
    kind = "refused" if is_refused else kind_of(code, status_of(error), message)
    return Failure(kind, operation.action, code, message, _denying(message) if kind == "denied" else "")


def not_there(operation: Operation, code: str, message: str) -> Failure:
    """The region or partition does not have the service, or the account has not subscribed to it."""
    return Failure("unsupported", f"{operation.service}:*", code, message)


def _denying(message: str) -> str:
    found = _POLICY.search(message)
    if found is None:
        return ""
    explicit, implicit = found.groups()
    return str(explicit or f"{implicit} it")


_TRANSIENT_KINDS: frozenset[FailureKind] = frozenset({"throttled", "timed_out", "unreachable", "unauthenticated"})


def is_transient(failure: Failure) -> bool:
    """Whether it may be over when the scan is resumed."""
    return failure.kind in _TRANSIENT_KINDS or failure.code in TRANSIENT


def code_of(error: Exception) -> str:
    """AWS's error code; empty where the exception is none of AWS's."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def status_of(error: ClientError) -> int:
    """The HTTP status of the reply; 0 where there was none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)


def kind_of(code: str, status: int, message: str = "") -> FailureKind:
    """By AWS's error code first, then by the HTTP status; what neither tells is `broken`."""
    if code in THROTTLED or status == 429 or "Rate exceeded" in message:
        return "throttled"
    if code in UNAUTHENTICATED:
        return "unauthenticated"
    if code in REFUSED:
        return "refused"
    if code == NOT_IMPLEMENTED:
        return "unimplemented"
    if code in DENIED or (status == 403 and code != UNREADABLE):
        return "denied"
    return "broken"
