"""The error boundary: whatever a transport does, the engine gets replies and Failures."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import anyio
import botocore.exceptions
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
    UnauthorizedSSOTokenError,
)

from aioprowler.aws.api import Boundary, Calls, Extent
from aioprowler.aws.errors import ENDED, UnreadableReplyError
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Operation, codes, optional

ACCOUNT = Account(id="123456789012")
USERS = Operation("iam", "ListUsers")
VPCS = Operation("ec2", "DescribeVpcs")
POLICY = Operation("s3", "GetBucketPolicy")


class Answers:
    """An AwsApi that gives out one answer after the other and keeps what it was asked."""

    def __init__(self, *answers: Any) -> None:
        self._answers: Iterator[Any] = iter(answers)
        self.asked: list[dict[str, Any]] = []
        self.regions: list[str] = []

    async def call(self, *called: Any) -> dict[str, Any]:
        self.asked.append(dict(called[-1]))
        self.regions.append(called[1])
        answer = next(self._answers)
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[no-any-return]


def error(code: str, message: str = "", status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "")


def pages(answers: Answers, operation: Operation, params: dict[str, Any] | None = None, **options: Any) -> list[Any]:
    async def run() -> list[Any]:
        return [
            page async for page in Boundary(answers).pages(ACCOUNT, "us-east-1", operation, params or {}, **options)
        ]

    return anyio.run(run)


def call(answer: Any, operation: Operation = POLICY, absent: Iterable[str] = ()) -> Any:
    async def run() -> Any:
        return await Boundary(Answers(answer)).call(ACCOUNT, "us-east-1", operation, {"Bucket": "b"}, codes(absent))

    return anyio.run(run)


def test_pages_follow_the_token_and_keep_the_parameters() -> None:
    answers = Answers({"Vpcs": [1], "NextToken": "a"}, {"Vpcs": [2], "NextToken": "b"}, {"Vpcs": [3], "NextToken": ""})
    found = pages(answers, VPCS, {"Filters": []})
    assert [page["Vpcs"] for page in found] == [[1], [2], [3]]
    kept = {"Filters": [], "MaxResults": 1000}
    assert answers.asked == [kept, {**kept, "NextToken": "a"}, {**kept, "NextToken": "b"}]


def test_pages_end_where_more_results_says_so_though_there_is_a_marker() -> None:
    answers = Answers({"IsTruncated": True, "Marker": "a"}, {"IsTruncated": False, "Marker": "b"})
    assert len(pages(answers, USERS)) == 2
    assert answers.asked[1]["Marker"] == "a"


def test_a_token_that_repeats_itself_is_a_failure_and_no_endless_loop() -> None:
    found = pages(Answers({"NextToken": "a"}, {"NextToken": "a"}), VPCS)
    assert [type(each) for each in found] == [dict, dict, Failure]
    assert (found[2].kind, found[2].code) == ("broken", "PaginationError")


def test_pages_of_several_tokens_go_on_until_none_is_left() -> None:
    versions = Operation("s3", "ListObjectVersions")
    first = {"IsTruncated": True, "NextKeyMarker": "k", "NextVersionIdMarker": "v"}
    answers = Answers(first, {"IsTruncated": False})
    assert len(pages(answers, versions, {"Bucket": "b"})) == 2
    assert answers.asked[1] == {"Bucket": "b", "MaxKeys": 1000, "KeyMarker": "k", "VersionIdMarker": "v"}


def test_a_failure_is_the_last_page() -> None:
    found = pages(Answers({"NextToken": "a"}, error("UnauthorizedOperation", "", 403), {"Vpcs": []}), VPCS)
    assert [type(each) for each in found] == [dict, Failure]
    assert found[1].kind == "denied"


def test_an_absent_code_in_a_listing_is_no_page_at_all() -> None:
    assert pages(Answers(error("NoSuchEntity", "", 404)), USERS, absent=codes(["NoSuchEntity"])) == []


@pytest.mark.parametrize(("size", "asked"), [(None, {"MaxResults": 1000}), (50, {"MaxResults": 50}), (0, {})])
def test_the_page_size_is_the_services_unless_the_listing_says_otherwise(
    size: int | None, asked: dict[str, Any]
) -> None:
    answers = Answers({})
    pages(answers, VPCS, page_size=size)
    assert answers.asked == [asked]


def test_an_operation_without_pages_is_asked_once_without_a_size() -> None:
    answers = Answers({"NextToken": "a"})
    assert len(pages(answers, POLICY, {"Bucket": "b"})) == 1
    assert answers.asked == [{"Bucket": "b"}]


def test_a_size_is_text_where_the_operation_wants_text() -> None:
    answers = Answers({})
    pages(answers, Operation("route53", "ListHostedZones"))
    assert answers.asked == [{"MaxItems": "100"}]


def test_pages_that_botocore_does_not_know_of_are_followed() -> None:
    streams = Operation("firehose", "ListDeliveryStreams")
    last = {"DeliveryStreamNames": ["c"], "HasMoreDeliveryStreams": False}
    answers = Answers({"DeliveryStreamNames": ["a", "b"], "HasMoreDeliveryStreams": True}, last)
    assert len(pages(answers, streams)) == 2
    assert answers.asked == [{"Limit": 10_000}, {"Limit": 10_000, "ExclusiveStartDeliveryStreamName": "b"}]


def test_an_absent_code_is_a_fact_and_no_failure() -> None:
    assert call(error("NoSuchBucketPolicy", "", 404), absent=frozenset({"NoSuchBucketPolicy"})) is None


def test_the_same_code_is_a_failure_where_it_is_not_declared() -> None:
    assert call(error("NoSuchBucketPolicy", "", 404)).kind == "broken"


FAILURES: dict[str, tuple[Any, str, str]] = {
    "denied": (error("AccessDenied", "no", 403), "denied", "AccessDenied"),
    "denied by ec2": (error("UnauthorizedOperation", "no", 403), "denied", "UnauthorizedOperation"),
    "denied without a code": (error("403", "Forbidden", 403), "denied", "403"),
    "denied by an unknown code": (error("NotForYou", "", 403), "denied", "NotForYou"),
    "unauthenticated": (error("InvalidClientTokenId", "", 403), "unauthenticated", "InvalidClientTokenId"),
    "region not enabled": (error("UnrecognizedClientException"), "unauthenticated", "UnrecognizedClientException"),
    "auth failure": (error("AuthFailure", "", 401), "unauthenticated", "AuthFailure"),
    "expired": (error("ExpiredToken"), "unauthenticated", "ExpiredToken"),
    "no credentials": (NoCredentialsError(), "unauthenticated", "NoCredentialsError"),
    "not signed up": (error("OptInRequired", "", 403), "refused", "OptInRequired"),
    "no subscription": (error("SubscriptionRequiredException"), "refused", "SubscriptionRequiredException"),
    "no such operation": (error("InvalidAction"), "refused", "InvalidAction"),
    "all access disabled": (error("AllAccessDisabled", "", 403), "refused", "AllAccessDisabled"),
    "not implemented": (error("NotImplemented", "", 501), "unimplemented", "NotImplemented"),
    "throttled": (error("Throttling", "Rate exceeded"), "throttled", "Throttling"),
    "throttled by status": (error("Whatever", "", 429), "throttled", "Whatever"),
    "slow down": (error("SlowDown", "", 503), "throttled", "SlowDown"),
    "timed out": (TimeoutError(), "timed_out", "TimeoutError"),
    "read timeout": (ReadTimeoutError(endpoint_url="x"), "timed_out", "ReadTimeoutError"),
    "connect timeout": (ConnectTimeoutError(endpoint_url="x"), "timed_out", "ConnectTimeoutError"),
    "unreachable": (EndpointConnectionError(endpoint_url="x"), "unreachable", "EndpointConnectionError"),
    "network": (ConnectionResetError(), "unreachable", "ConnectionResetError"),
    "server fault": (error("InternalError", "", 500), "broken", "InternalError"),
    "no error code": (ClientError({}, ""), "broken", "Unknown"),
    "bad parameters": (ParamValidationError(report="x"), "broken", "ParamValidationError"),
    "unreadable": (UnreadableReplyError(endpoint="x"), "broken", "UnreadableReplyError"),
    "no structure": (["a list"], "broken", "ValidationError"),
    "nothing": (None, "broken", "ValidationError"),
    "a bug of the transport": (ZeroDivisionError("oops"), "broken", "ZeroDivisionError"),
}


class LoginError(BotoCoreError):  # type: ignore[misc]
    """As newer botocores have it, for `aws login`."""

    fmt = "it is over"


class LoginOfTomorrowError(LoginError):
    """One that nobody knows yet."""


@pytest.mark.parametrize("error", [LoginError(), LoginOfTomorrowError(), UnauthorizedSSOTokenError()])
def test_credentials_that_have_ended_are_told_as_that(error: BotoCoreError) -> None:
    ended: list[Failure] = []

    async def run() -> Any:
        aws = Boundary(Answers(error))
        aws.calls.on_expiry[ACCOUNT.id] = ended.append
        return await aws.call(ACCOUNT, "us-east-1", POLICY, {})

    failure = anyio.run(run)
    assert failure.kind == "unauthenticated"
    assert ended == [failure]


def test_every_exception_of_botocores_about_credentials_is_known() -> None:
    about = re.compile("Credential|Token|SSO|Login|Metadata|MFA")
    found = {name for name in vars(botocore.exceptions) if about.search(name)}
    assert found <= ENDED


@pytest.mark.parametrize("example", FAILURES)
def test_a_failure_has_its_kind_and_names_the_action(example: str) -> None:
    answer, kind, code = FAILURES[example]
    failure = call(answer)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.action, failure.code) == (kind, "s3:GetBucketPolicy", code)
    assert not failure.policy
    assert failure.is_gap
    assert "s3:GetBucketPolicy" in failure.explain()


@pytest.mark.parametrize("answer", [error("x" * 10_000, "y" * 100_000), ZeroDivisionError("y" * 100_000)])
def test_of_an_error_no_more_is_kept_than_tells_it(answer: Exception) -> None:
    """Each finding that it hides repeats it."""
    failure = call(answer)
    assert isinstance(failure, Failure)
    assert len(failure.code) <= 100
    assert len(failure.message) == 2000


def test_a_transport_that_breaks_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    call(ZeroDivisionError("oops"))
    assert [record.exc_info is not None for record in caplog.records if record.levelno == logging.ERROR] == [True]


NO_SUBSCRIPTION = {
    "support": error("SubscriptionRequiredException", "Amazon Web Services Premium Support Subscription is required"),
    "trustedadvisor": error("AccessDeniedException", "Access denied due to support level", 403),
    "shield": error("ResourceNotFoundException", "The subscription does not exist."),
}


@pytest.mark.parametrize("service", NO_SUBSCRIPTION)
def test_a_service_that_the_account_has_not_subscribed_to_is_not_there_and_no_gap(service: str) -> None:
    failure = call(NO_SUBSCRIPTION[service], operation=Operation(service, "ListThings"))
    assert (failure.kind, failure.action, failure.is_gap) == ("unsupported", f"{service}:*", False)


@pytest.mark.parametrize(
    ("service", "answer", "kind"),
    [
        ("ec2", NO_SUBSCRIPTION["support"], "refused"),
        ("trustedadvisor", error("AccessDeniedException", "User is not authorized to perform: it", 403), "denied"),
        ("shield", error("ResourceNotFoundException", "The protection does not exist."), "broken"),
        ("shield", error("OptInRequired", "You are not subscribed to this service", 403), "refused"),
        (
            "organizations",
            error("AccessDeniedException", "You don't have permissions to access this resource."),
            "refused",
        ),
        ("organizations", error("AccessDeniedException", "User: x is not authorized to perform: it"), "denied"),
        ("ec2", error("AccessDeniedException", "You don't have permissions to access this resource."), "denied"),
    ],
)
def test_no_other_code_or_words_make_a_service_not_there(service: str, answer: Exception, kind: str) -> None:
    failure = call(answer, operation=Operation(service, "ListThings"))
    assert (failure.kind, failure.is_gap) == (kind, True)


def test_a_declaration_has_the_first_word_about_a_subscription() -> None:
    absent = codes(["SubscriptionRequiredException"])
    assert call(NO_SUBSCRIPTION["support"], operation=Operation("support", "DescribeCases"), absent=absent) is None


WHO = "User: arn:aws:iam::123456789012:role/audit is not authorized to perform: s3:GetBucketPolicy on resource: x "
POLICIES = {
    "explicit deny in a service control policy": "A service control policy of the organization denies it.",
    "explicit deny in a resource control policy": "A resource control policy of the organization denies it.",
    "explicit deny in a resource-based policy": "The policy of the resource itself keeps the scanning identity out",
    "explicit deny in a permissions boundary": "The permissions boundary of the scanning identity keeps it out",
    "explicit deny in a session policy": "The policy of the session keeps it out",
    "explicit deny in a sessions policy": "The policy of the session keeps it out",
    "explicit deny in a VPC endpoint policy": "The policy of the VPC endpoint that the scan's calls go through",
    "explicit deny in an identity-based policy": "A policy of the scanning identity itself denies it: take the Deny",
    "explicit deny in the role trust policy": "The trust policy of the role",
    "explicit deny in a VPC endpoint policy transitively through a service control policy": "A service control policy",
    "explicit deny in a declarative guard policy": "A policy denies it: granting does not help.",
}


@pytest.mark.parametrize("reason", POLICIES)
def test_a_denial_by_another_policy_is_told_with_awss_reason_and_where_to_mend_it(reason: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"""
    failure = call(error("AccessDenied", f"{WHO}with an {reason}: arn:aws:iam::aws:policy/x", 403))
    assert failure.policy == reason
    told = failure.explain()
    assert f"s3:GetBucketPolicy was denied (AccessDenied: {reason}). {POLICIES[reason]}" in told
    assert "Grant" not in told


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("service control policy", "A service control policy of the organization"),
        ("VPC endpoint policy", "The policy of the VPC endpoint"),
        ("permissions boundary", "The permissions boundary"),
        ("session policy", "The policy of the session"),
        ("resource-based policy", "The policy of the resource itself"),
        ("role trust policy", "The trust policy of the role"),
    ],
)
def test_a_policy_that_does_not_allow_it_is_told_likewise(kind: str, advice: str) -> None:
    failure = call(error("AccessDenied", f"{WHO}because no {kind} allows the s3:GetBucketPolicy action", 403))
    assert failure.policy == f"no {kind} allows it"
    assert f"(AccessDenied: no {kind} allows it). {advice}" in failure.explain()


@pytest.mark.parametrize(
    "why",
    ["", "because no identity-based policy allows the s3:GetBucketPolicy action", "because of no policy"],
)
def test_where_the_identity_lacks_the_permission_a_grant_is_the_advice(why: str) -> None:
    failure = call(error("AccessDenied", f"{WHO}{why}", 403))
    assert failure.policy == ""
    assert failure.explain() == (
        "Could not look: s3:GetBucketPolicy was denied (AccessDenied). Grant s3:GetBucketPolicy to the scanning "
        "identity."
    )


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (
            error("SlowDown", "Reduce your request rate.", 503),
            "(Reduce your request rate.). Go on with `scan --resume`",
        ),
        (error("InvalidToken", "It is not valid.", 400), "leave out a region that the account has not enabled"),
        (TimeoutError(), "did not answer in time (TimeoutError). Go on with `scan --resume`."),
        (
            error("OptInRequired", "You are not subscribed to this service.", 403),
            "was refused, whoever asks (OptInRequired) (You are not subscribed to this service.). No permission helps",
        ),
    ],
)
def test_what_can_be_mended_is_told_with_how(error: Exception, mend: str) -> None:
    assert mend in call(error).explain()


def test_cancellation_passes_the_boundary() -> None:
    async def run() -> bool:
        with anyio.move_on_after(0.01) as scope:
            await Boundary(Silence()).call(ACCOUNT, "us-east-1", VPCS, {})
        return scope.cancelled_caught

    assert anyio.run(run)


class Silence(Answers):
    async def call(self, *_: Any) -> dict[str, Any]:
        await anyio.sleep_forever()
        raise AssertionError


def test_a_call_without_an_answer_ends_by_the_deadline() -> None:
    async def run() -> Any:
        return await Boundary(Silence(), deadline=0.01).call(ACCOUNT, "us-east-1", VPCS, {})

    failure = anyio.run(run)
    assert (failure.kind, failure.code) == ("timed_out", "TimeoutError")


def test_calls_are_counted_by_operation_cause_and_place() -> None:
    async def run(act: Callable[[Boundary], Any]) -> Any:
        return await act(Boundary(Answers({}, error("AccessDenied", "", 403), error("AccessDenied", "", 403), {})))

    async def act(aws: Boundary) -> Boundary:
        for region in ("us-east-1", "us-east-1", "eu-west-1"):
            await aws.call(ACCOUNT, region, POLICY, {})
        await aws.call(Account(id="2"), "eu-west-1", VPCS, {})
        return aws

    calls = anyio.run(run, act).calls
    assert calls.made == {"s3:GetBucketPolicy": 3, "ec2:DescribeVpcs": 1}
    assert calls.unanswered == {"s3:GetBucketPolicy": 2}
    cause = ("denied", "s3:GetBucketPolicy", "AccessDenied", "")
    assert calls.failures == {(*cause, "us-east-1"): Extent(1, 1), (*cause, "eu-west-1"): Extent(1, 1)}
    assert calls.numbers == {"123456789012": 0}
    assert calls.blind("123456789012") == ["eu-west-1"]
    assert calls.blind("2") == []
    assert calls.blind("123456789012") == [], "told once, then forgotten"


@pytest.mark.parametrize(
    ("service", "account", "asked"),
    [
        ("iam", Account(id="1", default_region="eu-west-1"), "us-east-1"),
        ("iam", Account(id="1", partition="aws-cn"), "cn-north-1"),
        ("route53", Account(id="1", partition="aws-cn"), "cn-northwest-1"),
        ("globalaccelerator", ACCOUNT, "us-west-2"),
        ("route53domains", Account(id="1", default_region="ap-south-1"), "us-east-1"),
        ("organizations", Account(id="1", partition="aws-iso-b"), "us-isob-east-1"),
        ("iam", Account(id="1", partition="aws-moon"), "eu-west-3"),
        ("ec2", ACCOUNT, "eu-west-3"),
    ],
)
def test_a_global_service_is_asked_at_home(service: str, account: Account, asked: str) -> None:
    answers = Answers({})

    async def run() -> Calls:
        aws = Boundary(answers)
        await aws.call(account, "eu-west-3", Operation(service, "Ask"), {})
        return aws.calls

    calls = anyio.run(run)
    assert answers.regions == [asked]
    assert calls.places == {account.id: {"eu-west-3": [1, 0]}}, "it is filed where it was asked for"


def test_what_a_partition_does_not_have_is_not_asked_and_no_gap() -> None:
    answers = Answers()

    async def run() -> Any:
        aws = Boundary(answers)
        account = Account(id="1", partition="aws-us-gov", default_region="us-gov-west-1")
        shields = Operation("shield", "ListProtections")
        return await aws.call(account, "us-gov-west-1", shields, {}), aws.calls

    failure, calls = anyio.run(run)
    assert (failure.kind, failure.code, failure.is_gap) == ("unsupported", "NotInPartition", False)
    assert not calls.made
    assert [cause.kind for cause in calls.failures] == ["unsupported"]
    assert calls.blind("1") == []


# ------------------------------------------------------------------ optional parameters
MANAGED = {"IncludeManagedResources": optional(True), "VpcIds": ["vpc-1"]}
WITH, WITHOUT = {"IncludeManagedResources": True, "VpcIds": ["vpc-1"]}, {"VpcIds": ["vpc-1"]}


def asked_twice(*answers: Any) -> tuple[list[Any], Answers, Calls]:
    """What two calls in a row tell."""
    api, calls = Answers(*answers), Calls()

    async def run() -> list[Any]:
        aws = Boundary(api, calls)
        return [await aws.call(ACCOUNT, "us-east-1", VPCS, MANAGED) for _ in range(2)]

    return anyio.run(run), api, calls


@pytest.mark.parametrize("code", ["UnknownParameter", "InvalidParameterCombination", "UnsupportedOperation"])
def test_an_optional_parameter_that_is_refused_is_left_out_from_then_on(code: str) -> None:
    told, api, calls = asked_twice(error(code), {"Vpcs": [1]}, {"Vpcs": [2]})
    assert told == [{"Vpcs": [1]}, {"Vpcs": [2]}]
    assert api.asked == [WITH, WITHOUT, WITHOUT]
    assert calls.made[str(VPCS)] == 3
    assert not calls.failures, "a question that was answered is no gap"


def test_a_model_of_the_users_that_is_older_than_a_parameter_does_without_it() -> None:
    told, api, _ = asked_twice(ParamValidationError(report="Unknown parameter in input"), {}, {})
    assert (told, api.asked) == ([{}, {}], [WITH, WITHOUT, WITHOUT])


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (error("UnauthorizedOperation", "", 403), "denied"),
        (error("RequestLimitExceeded", "", 503), "throttled"),
        (error("InternalError", "", 500), "broken"),
    ],
)
def test_what_is_no_matter_of_parameters_is_not_asked_again(refusal: ClientError, kind: str) -> None:
    told, api, _ = asked_twice(refusal, {"Vpcs": []})
    assert [told[0].kind, told[1]] == [kind, {"Vpcs": []}]
    assert api.asked == [WITH, WITH]


def test_who_refuses_without_an_optional_parameter_as_well_has_refused() -> None:
    told, api, calls = asked_twice(*[error("InvalidAction")] * 3)
    assert {failure.code for failure in told} == {"InvalidAction"}
    assert api.asked == [WITH, WITHOUT, WITHOUT]
    assert sum(extent.calls for extent in calls.failures.values()) == 2
