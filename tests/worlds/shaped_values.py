"""What members of made-up replies hold where their shape does not say enough: a rule is for a name, whatever service.

The first rule that fits the whole name, whatever its case, and has a word of the member's enum, holds. It has values
for where everything is on and for where everything is off; items of a list take them in turn. `{account}`, `{region}`
and `{n}` (the item's number) are filled in. A new check that never comes to a verdict here, or never makes one of its
calls, mostly lacks a rule.
"""

from __future__ import annotations

import base64
import datetime
import json
import re
from collections.abc import Collection
from typing import Any, Final, NamedTuple

from tests.worlds.world import LINK, NOW

REGIONS: Final = ("us-east-1", "eu-west-1")
OLD = NOW - datetime.timedelta(days=1000)


class Rule(NamedTuple):
    name: re.Pattern[str]
    on: tuple[Any, ...]
    off: tuple[Any, ...]


def _rule(name: str, on: Any, off: Any) -> Rule:
    many = [each if isinstance(each, tuple) else (each,) for each in (on, off)]
    return Rule(re.compile(name, re.IGNORECASE), *many)


SERVICE: Final = {"Service": ["ec2.amazonaws.com", "codebuild.amazonaws.com"]}
OURS: Final = {"StringEquals": {"aws:SourceAccount": "{account}"}}


def _policy(principal: Any, action: str, **more: Any) -> str:
    """Of a resource and of an identity at once: who reads it takes what is meant for him."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _report(flag: str) -> bytes:
    """IAM's credential report, of which the column names are the documented ones."""
    columns = ("password_enabled", "mfa_active", "access_key_1_active", "access_key_2_active")
    keys = [f"access_key_{n}_{what}" for n in (1, 2) for what in ("last_rotated", "last_used_date")]
    dates = ("password_last_used", "password_last_changed", *keys)
    users = {"<root_account>": "root", "username-0": "user/username-0", "username-1": "user/username-1"}
    lines: list[tuple[str, ...]] = [("user", "arn", *columns, *dates)]
    lines += [
        (user, f"arn:aws:iam::123456789012:{path}", *[flag] * len(columns), *[OLD.isoformat()] * len(dates))
        for user, path in users.items()
    ]
    return "\n".join(map(",".join, lines)).encode()


def _called(measured: str) -> str:
    """An enclave's call on a key, as CloudTrail logs it."""
    measurements = {f"attestationDocumentEnclave{name}": measured for name in ("ImageDigest", "PCR1", "PCR2")}
    recipient = {"attestationDocumentModuleId": "i-1-enc1", **measurements}
    key = {"type": "AWS::KMS::Key", "ARN": "arn:aws:kms:us-east-1:123456789012:key/enclave"}
    return json.dumps({"resources": [key], "additionalEventData": {"recipient": recipient}})


def _task(severity: str) -> str:
    """The settings of a replication task."""
    parts = ("SOURCE_CAPTURE", "SOURCE_UNLOAD", "TARGET_APPLY", "TARGET_LOAD")
    components = [{"Id": each, "Severity": f"LOGGER_SEVERITY_{severity}"} for each in parts]
    return json.dumps({"Logging": {"EnableLogging": True, "LogComponents": components}})


_SHARED: Final = ("neptune", "docdb")
"""Engines of other services, which RDS tells of as well."""
_ENDPOINTS: Final = ("mongodb", "neptune", "redis", "postgres", "kafka", "opensearch")

_SECRET = base64.b64encode(b"export PASSWORD=tr0ub4dor").decode()

_ORGANIZATIONS_POLICY = json.dumps(
    {
        "Statement": {
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": REGIONS}},
        },
        "services": {
            "default": {"opt_out_policy": {"@@assign": "optOut", "@@operators_allowed_for_child_policies": ["@@none"]}}
        },
    }
)
"""Of two types at once: who reads it takes what is meant for him."""

CONNECTIONS: Final = dict(zip(REGIONS, ("codeconnections", "codestar-connections"), strict=True))
"""Region -> by which of its two names the service made the connections there."""

KEYS: Final = {"configuration": ("FullRepositoryId", "ConnectionArn")}
"""Maps -> the keys that are in them."""

RULES: Final = (
    _rule("sslpolicy", "ELBSecurityPolicy-TLS13-1-3-2031-01", "ELBSecurityPolicy-TLS13-1-0-2021-06"),
    # documents
    _rule(
        "assumerolepolicydocument",
        (_policy(SERVICE, "sts:AssumeRole"), _policy("*", "sts:AssumeRole")),
        (_policy(SERVICE, "sts:AssumeRole", Condition=OURS), _policy({"AWS": "{account}"}, "sts:AssumeRole")),
    ),
    _rule(
        ".*policy|.*policydocument|document|policytext",
        _policy({"AWS": "*", "CanonicalUser": "0123"}, "*"),  # so that S3 is asked whose id that is
        _policy({"AWS": "{account}"}, "s3:GetObject"),
    ),
    _rule("buildid", "id-{n}", "id-{n}"),  # so that builds are those that projects list
    # so that projects build code of GitHub with roles of the account, and pipelines begin with repositories
    _rule("servicerole", *["arn:aws:iam:{region}:{account}:role/role-{n}"] * 2),
    _rule("masterpublicdnsname", *["ec2-192-0-2-{n}.compute-1.amazonaws.com"] * 2),
    _rule("logtype", *[("ALB_ACCESS_LOGS", "ACCESS_LOGS")] * 2),
    _rule("type", "GITHUB", "GITHUB"),
    _rule("provider", "CodeStarSourceConnection", "CodeStarSourceConnection"),
    _rule("fullrepositoryid", "example/private", "example/public"),
    _rule("connectionarn", "arn:aws:{connections}:{region}:{account}:connection/{n}", ""),
    _rule("providertype", "GitHub", "GitHub"),
    _rule("rootid", "", ""),  # so that stacks are judged by themselves
    _rule("stackname", "CDKToolkit", "CDKToolkit"),
    _rule("outputkey", ("BootstrapVersion", "Password"), ("BootstrapVersion", "Password")),
    _rule("outputvalue", ("21", _SECRET), ("20", "")),
    _rule("solutionstackname", *[f"64bit Amazon Linux 2023 v4.{n}.13 running PHP 8.4" for n in (13, 12)]),
    _rule("blueprintid", "wordpress", "wordpress"),
    _rule("cloudtrailevent", _called("00" * 48), _called("ab" * 48)),
    _rule("policycontent", _ORGANIZATIONS_POLICY, "{}"),
    _rule("resourcerecordvalue", ("3.5.0.1", "bucketname-{n}.s3-website-eu-west-1.amazonaws.com"), "10.0.0.{n}"),
    _rule("type", ("A", "CNAME"), ("A", "CNAME")),  # of DNS records; no word of other types
    _rule("securitygroup", "groupid-{n}", "groupid-{n}"),
    _rule("sslcertificateid", *["arn:aws:acm:{region}:{account}:certificate/certificate-{n}"] * 2),
    _rule("sslpolicyname", *["ELBSecurityPolicy-TLS13-1-3-2031-01"] * 2),
    _rule("sslprotocol", *["TLSv1.3"] * 2),
    _rule("ciphername", *["TLS_AES_256_GCM_SHA384"] * 2),
    _rule("attributename", "Protocol-TLSv1.2", "Protocol-TLSv1"),  # of what a listener negotiates
    _rule("policytypename", "SSLNegotiationPolicyType", "SSLNegotiationPolicyType"),
    _rule("(additional)?attributevalue", "true", "true"),
    _rule("userdata|.*value", _SECRET, ""),
    _rule("content", _report("true"), _report("false")),
    # settings
    _rule("privatezone", False, False),
    _rule("staging", False, False),  # so that distributions are judged by themselves
    _rule("domainname", "domainname-{n}.s3.amazonaws.com", "domainname-{n}.s3.amazonaws.com"),  # also of an origin
    _rule("realtimelogconfigarn", "", ""),  # so that what else a distribution logs to decides
    _rule("restrictpublicbuckets", False, False),  # so that policies of buckets count where there are any
    # ACLs
    _rule("location", f"{LINK}secretive", f"{LINK}harmless"),
    _rule("uri", *["http://acs.amazonaws.com/groups/global/AllUsers"] * 2),
    _rule("permission", "FULL_CONTROL", "FULL_CONTROL"),
    # addresses
    _rule("associatepublicipaddress", False, False),  # so that it is public, if it is, by the interface that it names
    _rule("publicipaddress", "", ""),  # so that an instance is public, if it is, by IPv6 and its subnet's routes
    _rule("destinationcidrblock|cidrip", "10.0.0.0/8", "10.0.0.0/8"),  # so that prefix lists let in, if anything does
    _rule("destinationipv6cidrblock|cidripv6", "fd00::/8", "fd00::/8"),
    _rule("gatewayid", "igw-{n}", "igw-{n}"),
    _rule(".*ipv6cidr.*|.*cidripv6", "::/0", "fd00::/8"),
    _rule(".*cidr.*|.*iprange.*", "0.0.0.0/0", "10.0.0.0/8"),
    _rule(".*ipv6address", "2001:4860::{n}", "fd00::{n}"),
    _rule(".*ip|.*ipaddress", "192.0.2.1", "10.0.0.{n}"),
    _rule("listenerprotocol", ("HTTPS", "HTTP"), ("HTTPS", "HTTP")),
    _rule(".*protocol", "-1", "tcp"),
    _rule("fromport", 0, 443),
    _rule("toport", 65535, 443),
    # places
    _rule(".*owneralias", "amazon", "amazon"),
    _rule(".*accountid|.*ownerid|owner", "{account}", "{account}"),
    _rule("homeregion", "{region}", "{region}"),
    _rule("region", "{region}", "{region}"),
    _rule(".*region", "{region}", ""),
    _rule("locationconstraint", REGIONS[1], REGIONS[1]),
    _rule("(.*availability)?zone", ("{region}a", "{region}b"), "{region}a"),
    # what others are found by
    _rule("bucket", "arn:aws:s3:::bucketname-{n}", "arn:aws:s3:::bucketname-{n}"),
    _rule("s3bucketname", "bucketname-{n}", "bucketname-{n}"),
    _rule("eventname", "ListUsers", "ListUsers"),
    _rule("cloudtrailevent", *[json.dumps({"userIdentity": {"type": "Root", "arn": "arn:aws:iam::1:root"}})] * 2),
    _rule("isdefaultversion", True, True),
    _rule("(is)?default", (True, False), (True, False)),
    _rule("servicenamespace", ("bedrock", "sagemaker"), ("bedrock", "sagemaker")),
    _rule("groupname", ("default", "groupname-{n}"), ("default", "groupname-{n}")),
    _rule(
        "engine", ("aurora-postgresql", "aurora-mysql", "neptune", "docdb"), ("mysql", "postgres", "neptune", "docdb")
    ),
    _rule("dbsubnetgroup", "dbsubnetgroupname-0", "dbsubnetgroupname-0"),  # by which a cluster names it
    _rule("enginename", _ENDPOINTS, _ENDPOINTS),
    _rule("replicationtasksettings", _task("DEFAULT"), _task("ERROR")),
    _rule("parametername", ("require_ssl", "parametername-{n}"), ("require_ssl", "parametername-{n}")),
    # so that keys are the account's own, can be rotated, and one of them is an enclave's
    _rule("aliasname", ("alias/enclave-{n}", "alias/other-{n}"), "alias/other-{n}"),
    _rule("targetkeyid", "keyid-{n}", "keyid-{n}"),
    _rule("keymanager", "CUSTOMER", "CUSTOMER"),
    _rule("keyspec", "SYMMETRIC_DEFAULT", "SYMMETRIC_DEFAULT"),
    _rule("origin", "AWS_KMS", "AWS_KMS"),
    _rule("type", "MicrosoftAD", "MicrosoftAD"),  # the directory that can do most
    _rule("type", ("application", "network"), ("application", "network")),  # of load balancers
    _rule("vulnerabilityid", "CVE-2026-000{n}", "CVE-2026-000{n}"),
    _rule("featurename", ("RUNTIME_MONITORING", "EBS_MALWARE_PROTECTION"), ("RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS")),
    _rule("standardsstatus", "INCOMPLETE", "INCOMPLETE"),  # so that integrations decide
    # so that a pool's risk configuration matters
    _rule("advancedsecuritymode", "ENFORCED", "OFF"),
    _rule("clustertype", "PROVISIONED", "PROVISIONED"),  # serverless ones have nothing to judge
    _rule("datavolumekmskeyid", *["arn:aws:kms:{region}:{account}:key/{n}"] * 2),
    _rule("deliverystreamtype", *["KinesisStreamAsSource"] * 2),  # so that the encryption of its source matters
    _rule("sqsmanagedsseenabled", "true", "false"),
    _rule("compliancetype", "Patch", "Patch"),
    _rule("configurationvalues", *[json.dumps({"enableNetworkPolicy": word}) for word in ("true", "false")]),
    _rule("version", "1.35", "1.10"),  # of Kubernetes
    _rule("artifactmediatype", *["application/vnd.oci.image.config.v1+json"] * 2),
    _rule("imagemanifest", *[json.dumps({"config": {"digest": "sha256:config"}, "layers": []})] * 2),
    _rule("downloadurl", f"{LINK}secretive-image", f"{LINK}harmless-image"),
    # so that trails lead to log groups, filters to alarms, and alarms to topics that somebody gets
    _rule("loggroupname", "/aws/bedrock-agentcore/{n}", "/aws/bedrock-agentcore/{n}"),
    _rule("cloudwatchlogsloggrouparn", *["arn:aws:logs:{region}:{account}:log-group:/aws/bedrock-agentcore/{n}:*"] * 2),
    _rule("filterpattern", "", "{ $.eventName = Nothing }"),
    _rule("applyontransformedlogs", False, False),
    _rule("(metric)?namespace", "Trail", "Trail"),
    _rule("alarmaction", *["arn:aws:sns:{region}:{account}:topic-of-others"] * 2),
    _rule("topicarn", *["arn:aws:sns:{region}:{account}:topic-{n}"] * 2),
    _rule("subscriptionarn", "arn:aws:sns:{region}:{account}:topic-{n}:subscription-{n}", "PendingConfirmation"),
    _rule("agentaliasstatus", "PREPARED", "PREPARED"),  # so that versions of agents can be called
    _rule("agentresourcerolearn", *["arn:aws:iam:{region}:{account}:role/role-{n}"] * 2),
    _rule("servicename", *[("com.amazonaws.{region}.ec2", "com.amazonaws.{region}.bedrock")] * 2),  # of endpoints
    # so that domains are there
    _rule("deleted", False, False),
    _rule("domainprocessingstatus", "Active", "Active"),
    _rule("catalogencryptionmode", "SSE-KMS", "DISABLED"),
    # words where the model has none
    _rule("relationshipstatus", "Enabled", "Invited"),
    _rule("state|status|code", ("available", "active"), ("stopped", "inactive")),
    _rule(".*(date|time)", NOW.isoformat(), OLD.isoformat()),
)


def value(name: str, is_on: bool, number: int, words: Collection[str] = ()) -> Any:
    """What a member of that name holds, one of the words if there are some; None where no rule speaks of it."""
    for rule in RULES:
        if rule.name.fullmatch(name):
            values = rule.on if is_on else rule.off
            found = values[number % len(values)]
            if not words or found in words:
                return found
    return None
