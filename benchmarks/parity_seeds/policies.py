"""IAM: policies that allow too much or nearly so, attached, unattached and inline; and whom roles trust."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.clients import Clients
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, Statement, allow, deny, document

_MFA: Final = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
_ROLE: Final = "arn:aws:iam::<account>:role/worker"
_READ_ONLY: Final = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def _not_action(*actions: str, effect: str = "Allow", resource: str = "*") -> Statement:
    return {"Effect": effect, "NotAction": list(actions), "Resource": resource}


_ADMINISTRATION: Final[dict[str, list[Statement]]] = {
    "admin": [allow("*")],
    "admin-lists": [allow(["*"], ["*"])],
    "admin-colons": [allow("*:*")],
    "admin-among-others": [allow(["s3:GetObject", "*"], ["*", "arn:aws:s3:::bucket"])],
    "admin-with-mfa": [allow("*", Condition=_MFA)],
    "admin-in-second-statement": [allow("s3:GetObject"), allow("*")],
    "admin-denied": [allow("*"), deny("*")],
    "admin-denied-under-condition": [allow("*"), deny("*", Condition=_MFA)],
    "admin-but-iam": [allow("*"), deny("iam:*")],
    "admin-but-one-action": [allow("*"), deny("s3:DeleteBucket")],
    "admin-of-one-resource": [allow("*", "arn:aws:s3:::bucket")],
    "admin-of-not-resource": [{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::bucket"}],
    "not-action-iam": [_not_action("iam:*")],
    "not-action-one": [_not_action("s3:DeleteBucket")],
    "not-action-power-user": [_not_action("iam:*", "organizations:*"), allow(["iam:ListRoles", "iam:PassRole"])],
    "not-action-of-one-resource": [_not_action("iam:*", resource="arn:aws:s3:::bucket")],
    "everything-in-two": [allow("s3:*"), _not_action("s3:*")],
    "deny-all": [deny("*")],
    "deny-not-action": [allow("*"), _not_action("s3:GetObject", effect="Deny")],
}
_SERVICES: Final[dict[str, list[Statement]]] = {
    f"{service}-{name}": statements
    for service, action, other in (
        ("kms", "kms:Decrypt", "kms:ScheduleKeyDeletion"),
        ("cloudtrail", "cloudtrail:LookupEvents", "cloudtrail:StopLogging"),
    )
    for name, statements in {
        "full": [allow(f"{service}:*")],
        "full-in-list": [allow(["s3:GetObject", f"{service}:*"])],
        "upper-case": [allow(f"{service.upper()}:*")],
        "question-mark": [allow(f"{service}:?*")],
        "one-action": [allow(action)],
        "all-describe": [allow(f"{service}:Describe*")],
        "one-resource": [allow(f"{service}:*", f"arn:aws:{service}:us-east-1:<account>:thing/1")],
        "resource-wildcard": [allow(f"{service}:*", f"arn:aws:{service}:*:<account>:*")],
        "with-mfa": [allow(f"{service}:*", Condition=_MFA)],
        "denied": [allow(f"{service}:*"), deny(f"{service}:*")],
        "one-denied": [allow(f"{service}:*"), deny(other)],
        "all-but-one": [_not_action(other)],
        "all-but-service": [_not_action(f"{service}:*")],
        "not-action-other-service": [_not_action("s3:*")],
        "deny-only": [deny(f"{service}:*")],
    }.items()
}
_SINGLE_RISKS: Final[dict[str, list[Statement]]] = {
    "marketplace": [allow("aws-marketplace:Subscribe")],
    "marketplace-all": [allow("aws-marketplace:*")],
    "marketplace-prefix": [allow("aws-marketplace:Sub*")],
    "marketplace-view": [allow("aws-marketplace:ViewSubscriptions")],
    "marketplace-one": [allow("aws-marketplace:Subscribe", "arn:aws:aws-marketplace::1:product/p")],
    "marketplace-condition": [
        allow("aws-marketplace:Subscribe", Condition={"StringEquals": {"aws-marketplace:ProductId": "p"}})
    ],
    "marketplace-denied": [allow("aws-marketplace:*"), deny("aws-marketplace:Subscribe")],
    "assume-any": [allow("sts:AssumeRole")],
    "assume-sts-star": [allow("sts:*")],
    "assume-prefix": [allow("sts:Assume*")],
    "assume-any-role-anywhere": [allow("sts:AssumeRole", "arn:aws:iam::*:role/*")],
    "assume-any-role-here": [allow("sts:AssumeRole", "arn:aws:iam::<account>:role/*")],
    "assume-one-role": [allow("sts:AssumeRole", _ROLE)],
    "assume-with-mfa": [allow("sts:AssumeRole", Condition=_MFA)],
    "assume-denied": [allow("sts:AssumeRole"), deny("sts:AssumeRole")],
    "assume-deny": [deny("sts:AssumeRole")],
    "assume-list": [allow(["sts:AssumeRole", "s3:GetObject"], ["*"])],
    "assume-not-action": [_not_action("iam:*")],
    "assume-web-identity": [allow("sts:AssumeRoleWithWebIdentity")],
    "pass-any": [allow("iam:PassRole")],
    "pass-one": [allow("iam:PassRole", _ROLE)],
    "pass-to-agents": [
        allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "bedrock-agentcore.amazonaws.com"}})
    ],
    "pass-to-ec2": [allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})],
    "pass-one-to-agents": [
        allow(
            "iam:PassRole",
            _ROLE,
            Condition={"StringEquals": {"iam:PassedToService": "bedrock-agentcore.amazonaws.com"}},
        )
    ],
    "pass-any-and-agents": [allow(["iam:PassRole", "bedrock-agentcore:CreateAgentRuntime"])],
    "pass-one-and-agents": [allow("iam:PassRole", _ROLE), allow("bedrock-agentcore:*")],
    "pass-to-ec2-and-agents": [
        allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}),
        allow("bedrock-agentcore:*"),
    ],
    "agent-token": [allow("bedrock-agentcore:GetWorkloadAccessToken")],
    "agent-token-prefix": [allow("bedrock-agentcore:GetWorkloadAccessToken*")],
    "agent-token-for-user": [allow("bedrock-agentcore:GetWorkloadAccessTokenForUserId")],
    "agent-all": [allow("bedrock-agentcore:*")],
    "agent-token-one": [
        allow(
            "bedrock-agentcore:GetWorkloadAccessToken",
            "arn:aws:bedrock-agentcore:us-east-1:<account>:workload-identity-directory/default/workload-identity/a",
        )
    ],
    "agent-token-directory": [
        allow(
            "bedrock-agentcore:GetWorkloadAccessToken",
            "arn:aws:bedrock-agentcore:us-east-1:<account>:workload-identity-directory/*",
        )
    ],
    "agent-token-denied": [allow("bedrock-agentcore:*"), deny("bedrock-agentcore:GetWorkloadAccessToken*")],
}
_ESCALATIONS: Final[dict[str, list[Statement]]] = {
    **{
        f"can-{action.rpartition(':')[2]}": [allow(action)]
        for action in (
            "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:CreateAccessKey", "iam:CreateLoginProfile",
            "iam:UpdateLoginProfile", "iam:AttachUserPolicy", "iam:AttachGroupPolicy", "iam:AttachRolePolicy",
            "iam:PutUserPolicy", "iam:PutGroupPolicy", "iam:PutRolePolicy", "iam:AddUserToGroup",
            "iam:UpdateAssumeRolePolicy", "iam:PassRole", "lambda:UpdateFunctionCode", "lambda:CreateFunction",
            "ec2:RunInstances", "glue:UpdateDevEndpoint", "ssm:StartSession", "codebuild:StartBuild",
            "iam:DeleteUserPermissionsBoundary", "sso:PutInlinePolicyToPermissionSet", "s3:PutObject",
        )
    },
    "pass-and-run": [allow(["iam:PassRole", "ec2:RunInstances"])],
    "pass-and-run-in-two": [allow("iam:PassRole"), allow("ec2:RunInstances")],
    "pass-and-create-function": [allow(["iam:PassRole", "lambda:CreateFunction"])],
    "pass-and-create-and-invoke": [allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])],
    "pass-and-stack": [allow(["iam:PassRole", "cloudformation:CreateStack", "cloudformation:DescribeStacks"])],
    "pass-and-pipeline": [
        allow("iam:PassRole"),
        allow([f"datapipeline:{name}" for name in ("CreatePipeline", "PutPipelineDefinition", "ActivatePipeline")]),
    ],
    "pass-and-glue": [allow(["iam:PassRole", "glue:CreateDevEndpoint"])],
    "pass-denied": [allow(["iam:PassRole", "ec2:RunInstances"]), deny("iam:PassRole")],
    "iam-star": [allow("iam:*")],
    "iam-create-star": [allow("iam:Create*")],
    "iam-anything-policy": [allow("iam:*Policy*")],
    "iam-star-denied": [allow("iam:*"), deny("iam:*")],
    "iam-get-list": [allow(["iam:Get*", "iam:List*"])],
    "put-own": [allow("iam:PutUserPolicy", "arn:aws:iam::<account>:user/${aws:username}")],
    "put-with-mfa": [allow("iam:PutUserPolicy", Condition=_MFA)],
    "not-action-s3": [_not_action("s3:*")],
    "lower-case": [allow("iam:putuserpolicy")],
}  # fmt: skip
POLICIES: Final = {**_ADMINISTRATION, **_SERVICES, **_SINGLE_RISKS, **_ESCALATIONS}


def seed(clients: Clients) -> None:
    """Fill one account."""
    attached_and_inline(clients)
    service_trusts(clients)
    account_trusts(clients)
    aws_policies(clients)


def attached_and_inline(clients: Clients) -> None:
    """Have each policy attached to a role, inline in another, and those of administrators unattached as well."""
    iam = clients("iam")
    trust = _trust({"AWS": "<account>"}, clients)
    for holder in ("holder", "inline-holder"):
        iam.create_role(RoleName=holder, AssumeRolePolicyDocument=trust)
    for name, statements in POLICIES.items():
        text = document(*statements).replace("<account>", clients.account_id)
        policy = iam.create_policy(PolicyName=name, PolicyDocument=text)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="holder", PolicyArn=policy)
        iam.put_role_policy(RoleName="inline-holder", PolicyName=name, PolicyDocument=text)
        if name in _ADMINISTRATION:
            iam.create_policy(PolicyName=f"unattached-{name}", PolicyDocument=text)
    iam.create_user(UserName="inline-user")
    iam.create_group(GroupName="inline-group")
    for name in ("admin", "kms-full", "marketplace", "iam-star", "kms-one-action"):
        text = document(*POLICIES[name])
        iam.put_user_policy(UserName="inline-user", PolicyName=name, PolicyDocument=text)
        iam.put_group_policy(GroupName="inline-group", PolicyName=name, PolicyDocument=text)


def _trust(
    principal: Any, clients: Clients, condition: dict[str, Any] | None = None, action: Any = "sts:AssumeRole"
) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition is not None:
        statement["Condition"] = condition
    return document(statement).replace("<account>", clients.account_id)


_SERVICE_CONDITIONS: Final[dict[str, dict[str, Any] | None]] = {
    "none": None,
    "own-account": {"StringEquals": {"aws:SourceAccount": "<account>"}},
    "own-account-in-list": {"StringEquals": {"aws:SourceAccount": ["<account>"]}},
    "other-account": {"StringEquals": {"aws:SourceAccount": OTHER_ACCOUNT}},
    "both-accounts": {"StringEquals": {"aws:SourceAccount": ["<account>", OTHER_ACCOUNT]}},
    "any-account": {"StringLike": {"aws:SourceAccount": "*"}},
    "not-account": {"StringNotEquals": {"aws:SourceAccount": "<account>"}},
    "own-arn": {"ArnLike": {"aws:SourceArn": "arn:aws:lambda:us-east-1:<account>:function:*"}},
    "own-arn-like": {"StringLike": {"aws:SourceArn": "arn:aws:lambda:us-east-1:<account>:*"}},
    "other-arn": {"ArnLike": {"aws:SourceArn": f"arn:aws:lambda:us-east-1:{OTHER_ACCOUNT}:function:*"}},
    "any-arn": {"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:*:*"}},
    "arn-and-account": {
        "ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:<account>:*"},
        "StringEquals": {"aws:SourceAccount": "<account>"},
    },
    "any-arn-own-account": {
        "ArnLike": {"aws:SourceArn": "*"}, "StringEquals": {"aws:SourceAccount": "<account>"},
    },
    "organization": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}},
    "external-id": {"StringEquals": {"sts:ExternalId": "secret"}},
    "lower-case": {"StringEquals": {"aws:sourceaccount": "<account>"}},
    "if-exists": {"StringEqualsIfExists": {"aws:SourceAccount": "<account>"}},
}  # fmt: skip


def service_trusts(clients: Clients) -> None:
    """Have roles that services may use, under each condition."""
    iam = clients("iam")
    for name, condition in _SERVICE_CONDITIONS.items():
        trust = _trust({"Service": "lambda.amazonaws.com"}, clients, condition)
        iam.create_role(RoleName=f"service-if-{name}", AssumeRolePolicyDocument=trust)
    principals: dict[str, Any] = {
        "ec2": {"Service": "ec2.amazonaws.com"},
        "two": {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]},
        "and-own-account": {"Service": "lambda.amazonaws.com", "AWS": "<account>"},
        "and-other-account": {"Service": "lambda.amazonaws.com", "AWS": OTHER_ACCOUNT},
        "secrets": {"Service": "secretsmanager.amazonaws.com"},
        "states": {"Service": "states.us-east-1.amazonaws.com"},
    }
    for name, principal in principals.items():
        iam.create_role(RoleName=f"service-{name}", AssumeRolePolicyDocument=_trust(principal, clients))
    for name, action in (
        ("tag", ["sts:AssumeRole", "sts:TagSession"]),
        ("star", "sts:*"),
        ("context", "sts:SetContext"),
    ):
        trust = _trust({"Service": "lambda.amazonaws.com"}, clients, None, action)
        iam.create_role(RoleName=f"service-action-{name}", AssumeRolePolicyDocument=trust)
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")


def account_trusts(clients: Clients) -> None:
    """Have roles that accounts and identity providers may use, each to read everything or to do everything."""
    iam = clients("iam")
    other = f"arn:aws:iam::{OTHER_ACCOUNT}"
    principals: dict[str, tuple[Any, dict[str, Any] | None]] = {
        "own-id": ({"AWS": "<account>"}, None),
        "own-root": ({"AWS": "arn:aws:iam::<account>:root"}, None),
        "own-role": ({"AWS": "arn:aws:iam::<account>:role/holder"}, None),
        "other-id": ({"AWS": OTHER_ACCOUNT}, None),
        "other-root": ({"AWS": f"{other}:root"}, None),
        "other-user": ({"AWS": f"{other}:user/partner"}, None),
        "own-and-other": ({"AWS": ["<account>", f"{other}:root"]}, None),
        "anybody": ({"AWS": "*"}, None),
        "anybody-in-organization": ({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        "anybody-of-own-account": ({"AWS": "*"}, {"StringEquals": {"aws:PrincipalAccount": "<account>"}}),
        "other-with-external-id": ({"AWS": f"{other}:root"}, {"StringEquals": {"sts:ExternalId": "secret"}}),
        "other-with-mfa": ({"AWS": f"{other}:root"}, _MFA),
    }
    for name, (principal, condition) in principals.items():
        iam.create_role(RoleName=f"reader-{name}", AssumeRolePolicyDocument=_trust(principal, clients, condition))
        iam.attach_role_policy(RoleName=f"reader-{name}", PolicyArn=_READ_ONLY)
    for name, role in (("own", "<account>"), ("other", OTHER_ACCOUNT)):
        trust = _trust({"AWS": role}, clients)
        iam.create_role(RoleName=f"administrator-for-{name}", AssumeRolePolicyDocument=trust)
        iam.attach_role_policy(
            RoleName=f"administrator-for-{name}", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
        )
    saml = {"Federated": "arn:aws:iam::<account>:saml-provider/directory"}
    trust = _trust(
        saml, clients, {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}, "sts:AssumeRoleWithSAML"
    )
    iam.create_role(RoleName="federated", AssumeRolePolicyDocument=trust)


def aws_policies(clients: Clients) -> None:
    """Attach policies of AWS to a role, a group and a user."""
    iam = clients("iam")
    for name in ("PowerUserAccess", "IAMFullAccess", "AmazonS3FullAccess"):
        iam.attach_role_policy(RoleName="holder", PolicyArn=f"arn:aws:iam::aws:policy/{name}")
    iam.attach_group_policy(GroupName="inline-group", PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")
    iam.attach_user_policy(UserName="inline-user", PolicyArn="arn:aws:iam::aws:policy/IAMUserChangePassword")
