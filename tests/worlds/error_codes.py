"""Error codes that AWS's documentation names for whatever operation, by the page that does. Those of a service's own
are in botocore's model of it.
"""

from __future__ import annotations

from typing import Final

COMMON: Final = {
    # "Common Errors", as the query services have them: the EC2 and RDS kind
    "https://docs.aws.amazon.com/accounts/latest/reference/CommonErrors.html": (
        "AccessDeniedException IncompleteSignature InternalFailure InvalidAction InvalidClientTokenId "
        "InvalidParameterCombination InvalidParameterValue InvalidQueryParameter MalformedQueryString MissingAction "
        "MissingAuthenticationToken MissingParameter NotAuthorized OptInRequired RequestExpired ServiceUnavailable "
        "ThrottlingException ValidationError"
    ),
    # "Common Error Types", as the newer services have them
    "https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/CommonErrors.html": (
        "AccessDeniedException ExpiredTokenException IncompleteSignature InternalFailure "
        "MalformedHttpRequestException NotAuthorized OptInRequired RequestAbortedException "
        "RequestEntityTooLargeException RequestExpired RequestTimeoutException ServiceUnavailable "
        "ThrottlingException UnrecognizedClientException UnknownOperationException ValidationError"
    ),
    "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html": (
        "AuthFailure Blocked DryRunOperation IdempotentParameterMismatch IncompleteSignature InvalidAction "
        "InvalidCharacter InvalidClientTokenId InvalidPaginationToken InvalidParameter InvalidParameterCombination "
        "InvalidParameterValue InvalidQueryParameter MalformedQueryString MissingAction MissingAuthenticationToken "
        "MissingParameter OptInRequired PendingVerification RequestExpired RequestLimitExceeded UnauthorizedOperation "
        "UnknownParameter UnsupportedInstanceAttribute UnsupportedOperation UnsupportedProtocol ValidationError "
        "BandwidthLimitExceeded InternalError InternalFailure ServiceUnavailable Unavailable"
    ),
    "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html": (
        "AccessDenied AccountProblem AllAccessDisabled ExpiredToken InternalError InvalidAccessKeyId InvalidPayer "
        "InvalidRequest InvalidSecurity InvalidToken MethodNotAllowed MissingSecurityHeader NotImplemented NotSignedUp "
        "OperationAborted PermanentRedirect Redirect RequestTimeTooSkewed RequestTimeout ServiceUnavailable "
        "SignatureDoesNotMatch SlowDown TemporaryRedirect TokenRefreshRequired UnexpectedContent"
    ),
    "https://docs.aws.amazon.com/awssupport/latest/APIReference/Welcome.html": "SubscriptionRequiredException",
    "https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html": (
        "UnsupportedOperationException"
    ),
}

CODES: Final = sorted({code for told in COMMON.values() for code in told.split()})
