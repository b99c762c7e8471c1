from __future__ import annotations

import datetime
from typing import Any

import pytest

from aioprowler import Fail, Manual, Pass, Region
from aioprowler.declarations.failure import Failure, GapError, UnreadableError
from aioprowler.declarations.resources import Seen
from aioprowler.judging.policies import Policy
from aioprowler.services.bedrock.agents import (
    Agent,
    DeployedRoles,
    DraftRole,
    GuardrailChoice,
    HeldRoles,
    RoleHolders,
    role_holders,
)
from aioprowler.services.bedrock.checks.access import (
    BedrockUse,
    bedrock_api_key_no_administrative_privileges,
    bedrock_api_key_no_long_term_credentials,
    bedrock_full_access_policy_attached,
    bedrock_use,
    bedrock_vpc_endpoints_configured,
)
from aioprowler.services.bedrock.checks.agent import (
    bedrock_agent_guardrail_enabled,
    bedrock_agent_role_least_privilege,
    bedrock_agent_role_not_shared_across_agents,
)
from aioprowler.services.bedrock.checks.guardrail import (
    bedrock_guardrail_contextual_grounding_filter_enabled,
    bedrock_guardrail_prompt_attack_filter_enabled,
    bedrock_guardrail_sensitive_information_filter_enabled,
    bedrock_guardrail_sensitive_information_filter_enforced,
    bedrock_guardrails_configured,
)
from aioprowler.services.bedrock.checks.kept import (
    bedrock_custom_model_encrypted_with_cmk,
    bedrock_knowledge_base_encrypted_with_cmk,
    bedrock_prompt_encrypted_with_cmk,
    bedrock_prompt_management_exists,
)
from aioprowler.services.bedrock.checks.logging import (
    bedrock_model_invocation_logging_enabled,
    bedrock_model_invocation_logging_text_data_enabled,
    bedrock_model_invocation_logs_encryption_enabled,
)
from aioprowler.services.bedrock.guardrails import (
    ContentFilter,
    ContentPolicy,
    Expression,
    GroundingFilter,
    GroundingPolicy,
    Guardrail,
    GuardrailPolicies,
    PersonalData,
    Sensitive,
    SensitivePolicy,
)
from aioprowler.services.bedrock.resources import (
    BucketTarget,
    CustomModel,
    DataSource,
    GroupTarget,
    InvocationLogging,
    LoggingConfig,
    LogStorage,
    Prompt,
    PromptKey,
    SourceEncryption,
)
from aioprowler.services.iam.permissions import ManagedPolicies
from aioprowler.services.iam.resources import (
    AttachedPolicy,
    BedrockKey,
    Boundary,
    Group,
    InlinePolicy,
    Role,
    User,
)
from aioprowler.services.vpc.resources import EndpointServices, NetworkUse, OfferedServices, Vpc
from tests.worlds.world import ACCOUNT, NOW, World, denied, error, findings_of, verdicts

HOME = "us-east-1"
HERE = Region(name=HOME, account=ACCOUNT)
GUARDRAIL = Guardrail(guardrail_id="g", arn="arn", name="shop")
KEY = "arn:aws:kms:us-east-1:123456789012:key/k"
GAP = Failure("denied", "bedrock:GetAgent", "AccessDenied")


# --- Guardrails ---


def attacked(strength: str = "HIGH", **more: Any) -> GuardrailPolicies:
    other = ContentFilter(type="HATE", input_strength="LOW")
    found = ContentFilter(type="PROMPT_ATTACK", input_strength=strength, **more)
    return GuardrailPolicies(content=ContentPolicy(filters=(other, found)))


@pytest.mark.parametrize(
    ("policies", "verdict"),
    [
        (attacked(), Pass),
        (attacked(input_action="BLOCK", input_enabled=True), Pass),
        (attacked("MEDIUM"), Fail),
        (attacked("NONE"), Fail),
        (attacked("EXTREME"), Manual),
        (attacked(input_action="NONE"), Fail),
        (attacked(input_action="SIGH"), Manual),
        (attacked("LOW", input_action="SIGH"), Fail),
        (attacked(input_enabled=False), Fail),
        (GuardrailPolicies(), Fail),
    ],
)
def test_prompt_attacks(policies: GuardrailPolicies, verdict: type) -> None:
    assert isinstance(bedrock_guardrail_prompt_attack_filter_enabled(GUARDRAIL, policies), verdict)


GROUNDING = GroundingFilter(type="GROUNDING", threshold=0.7, action="BLOCK", enabled=True)


def relevant(threshold: float = 0.7, action: str | None = "BLOCK", enabled: bool | None = True) -> GuardrailPolicies:
    relevance = GroundingFilter(type="RELEVANCE", threshold=threshold, action=action, enabled=enabled)
    return GuardrailPolicies(grounding=GroundingPolicy(filters=(GROUNDING, relevance)))


@pytest.mark.parametrize(
    ("policies", "verdict"),
    [
        (relevant(), Pass),
        (relevant(threshold=0), Fail),
        (relevant(action="NONE"), Fail),
        (relevant(action="SIGH"), Manual),
        (relevant(action=None), Manual),
        (relevant(enabled=None), Manual),
        (relevant(enabled=False), Fail),
        (relevant(threshold=0, action=None), Fail),
        (GuardrailPolicies(grounding=GroundingPolicy(filters=(GROUNDING,))), Fail),
        (GuardrailPolicies(), Fail),
    ],
)
def test_grounding(policies: GuardrailPolicies, verdict: type) -> None:
    assert isinstance(bedrock_guardrail_contextual_grounding_filter_enabled(GUARDRAIL, policies), verdict)


def looking(*found: Sensitive) -> GuardrailPolicies:
    data = tuple(each for each in found if isinstance(each, PersonalData))
    expressions = tuple(each for each in found if isinstance(each, Expression))
    return GuardrailPolicies(sensitive=SensitivePolicy(pii_entities=data, regexes=expressions))


BLOCKED, MASKED, NOTED = (PersonalData(type="EMAIL", action=each) for each in ("BLOCK", "ANONYMIZE", "NONE"))
OUT_ALONE = Expression(name="order", action="NONE", output_action="BLOCK")
IN_ALONE = Expression(name="order", action="BLOCK", output_action="NONE")
IN_ENABLED = Expression(name="order", action="BLOCK", output_enabled=False)
OFF = Expression(name="order", action="BLOCK", input_enabled=False, output_enabled=False)
UNTOLD, UNKNOWN = PersonalData(type="PIN"), PersonalData(type="PIN", action="SIGH")


@pytest.mark.parametrize(
    ("policies", "enabled", "enforced"),
    [
        (looking(BLOCKED, MASKED), Pass, Pass),
        (looking(BLOCKED, NOTED), Pass, Fail),
        (looking(NOTED), Fail, Fail),
        (looking(OUT_ALONE), Pass, Pass),
        (looking(IN_ALONE), Pass, Fail),
        (looking(IN_ENABLED), Pass, Fail),
        (looking(OFF), Fail, Fail),
        (looking(UNTOLD), Manual, Manual),
        (looking(UNKNOWN, MASKED), Pass, Manual),
        (looking(UNTOLD, NOTED), Manual, Fail),
        (looking(), Fail, type(None)),
    ],
)
def test_sensitive_information(policies: GuardrailPolicies, enabled: type, enforced: type) -> None:
    assert isinstance(bedrock_guardrail_sensitive_information_filter_enabled(GUARDRAIL, policies), enabled)
    assert isinstance(bedrock_guardrail_sensitive_information_filter_enforced(GUARDRAIL, policies), enforced)


def test_what_is_let_out_is_named() -> None:
    found = bedrock_guardrail_sensitive_information_filter_enforced(GUARDRAIL, looking(NOTED, IN_ALONE))
    detail = "Bedrock guardrail shop looks for this in answers, and lets it out: EMAIL, the regular expression order."
    assert found == Fail(detail)


def test_guardrails_of_a_region_are_told_one_by_one() -> None:
    (found,) = bedrock_guardrails_configured(HERE, (GUARDRAIL,))
    assert (type(found), found.resource) == (Pass, GUARDRAIL)
    assert [type(each) for each in bedrock_guardrails_configured(HERE, ())] == [Fail]


@pytest.mark.parametrize(
    ("answer", "statuses"),
    [
        (error("UnknownOperationException"), []),
        (error("ValidationException", "Unknown operation"), []),
        (error("ValidationException", "Operation not allowed"), ["MANUAL"]),
        (denied("bedrock:ListGuardrails"), ["MANUAL"]),
        ({"guardrails": [{"id": "g", "arn": "arn", "name": "n", "status": "DELETING"}]}, ["FAIL"]),
        ({"guardrails": [{"id": "g", "arn": "arn", "name": "n", "status": "FAILED"}]}, ["MANUAL"]),
    ],
)
def test_regions_without_guardrails(answer: Any, statuses: list[str]) -> None:
    world = World({("bedrock:ListGuardrails", HOME): answer})
    found = findings_of(world, bedrock_guardrails_configured.id)
    assert [each.status for each in found if each.region == HOME] == statuses


def test_a_guardrail_that_failed_to_be_changed_is_judged() -> None:
    failed = {"id": "g", "arn": "arn", "name": "n", "status": "FAILED"}
    world = World(
        {
            ("bedrock:ListGuardrails", HOME): {"guardrails": [failed]},
            "bedrock:GetGuardrail": {"status": "FAILED", "statusReasons": ["no room for another version"]},
        }
    )
    check = bedrock_guardrail_prompt_attack_filter_enabled.id
    assert verdicts(world, check) == {(check, HOME, "g"): "FAIL"}


# --- The log of what models are asked ---


def logging(group: str = "", bucket: str = "", large: str = "", text: bool | None = None) -> InvocationLogging:
    target = GroupTarget(log_group_name=group, large_data=BucketTarget(bucket_name=large))
    return InvocationLogging(config=LoggingConfig(cloud_watch=target, s3=BucketTarget(bucket_name=bucket), text=text))


@pytest.mark.parametrize(
    ("log", "verdict"),
    [
        (logging("asked"), Pass),
        (logging(bucket="asked"), Pass),
        (logging(text=True), Fail),
        (InvocationLogging(), Fail),
    ],
)
def test_the_log(log: InvocationLogging, verdict: type) -> None:
    assert isinstance(bedrock_model_invocation_logging_enabled(HERE, log), verdict)


@pytest.mark.parametrize(
    ("log", "verdict"),
    [(logging("asked", text=True), Pass), (logging("asked", text=False), Fail), (logging(text=True), type(None))],
)
def test_texts_in_the_log(log: InvocationLogging, verdict: type) -> None:
    assert isinstance(bedrock_model_invocation_logging_text_data_enabled(HERE, log), verdict)


def test_whether_the_log_has_texts_is_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="textDataDeliveryEnabled"):
        bedrock_model_invocation_logging_text_data_enabled(HERE, logging("asked"))


def test_a_log_that_is_known_to_be_bare_fails_whatever_else_is_not_known() -> None:
    check, log = bedrock_model_invocation_logs_encryption_enabled, logging("asked")
    assert isinstance(check(HERE, log, LogStorage()), Pass)
    assert isinstance(check(HERE, log, LogStorage(bare=("the log group asked",), gap=GAP)), Fail)
    assert check(HERE, logging(), None) is None
    with pytest.raises(GapError):
        check(HERE, log, LogStorage(gap=GAP))


GROUPS = {"logGroups": [{"logGroupName": "asked-more", "kmsKeyId": KEY}, {"logGroupName": "asked", "kmsKeyId": KEY}]}
BARE_GROUPS = {"logGroups": [{"logGroupName": "asked-more", "kmsKeyId": KEY}, {"logGroupName": "asked"}]}
AES: dict[str, Any] = {"ServerSideEncryptionConfiguration": {"Rules": []}}
NO_ENCRYPTION = error("ServerSideEncryptionConfigurationNotFoundError", status=404)


@pytest.mark.parametrize(
    ("config", "groups", "bucket", "status"),
    [
        ({"cloudWatchConfig": {"logGroupName": "asked"}}, GROUPS, AES, "PASS"),
        ({"cloudWatchConfig": {"logGroupName": "asked"}}, BARE_GROUPS, AES, "FAIL"),
        ({"cloudWatchConfig": {"logGroupName": "gone"}}, GROUPS, AES, "MANUAL"),
        ({"cloudWatchConfig": {"logGroupName": "asked"}}, denied("logs:DescribeLogGroups"), AES, "MANUAL"),
        ({"s3Config": {"bucketName": "own"}}, denied(), AES, "PASS"),
        ({"s3Config": {"bucketName": "own"}}, GROUPS, NO_ENCRYPTION, "FAIL"),
        ({"s3Config": {"bucketName": "own"}}, GROUPS, denied("s3:GetEncryptionConfiguration"), "MANUAL"),
        ({"s3Config": {"bucketName": "others"}}, GROUPS, denied(), "PASS"),
        (
            {
                "cloudWatchConfig": {
                    "logGroupName": "asked",
                    "largeDataDeliveryS3Config": {"bucketName": "own"},
                }
            },
            GROUPS,
            NO_ENCRYPTION,
            "FAIL",
        ),
    ],
)
def test_the_encryption_of_the_log(config: Any, groups: Any, bucket: Any, status: str) -> None:
    world = World(
        {
            ("bedrock:GetModelInvocationLoggingConfiguration", HOME): {"loggingConfig": config},
            "logs:DescribeLogGroups": groups,
            "s3:ListBuckets": {"Buckets": [{"Name": "own", "BucketRegion": HOME}]},
            "s3:GetBucketEncryption": bucket,
        }
    )
    check = bedrock_model_invocation_logs_encryption_enabled.id
    assert verdicts(world, check) == {(check, HOME, "model-invocation-logging"): status}


@pytest.mark.parametrize(
    ("target", "status"),
    [({"cloudWatchConfig": {"logGroupName": "asked"}}, "PASS"), ({"s3Config": {"bucketName": "own"}}, "MANUAL")],
)
def test_whose_a_bucket_is_matters_where_the_log_goes_to_one(target: Any, status: str) -> None:
    world = World(
        {
            ("bedrock:GetModelInvocationLoggingConfiguration", HOME): {"loggingConfig": target},
            "logs:DescribeLogGroups": GROUPS,
            "s3:ListBuckets": denied(),
        }
    )
    check = bedrock_model_invocation_logs_encryption_enabled.id
    assert verdicts(world, check) == {(check, HOME, "model-invocation-logging"): status}


def test_a_bucket_for_all_and_for_what_is_large_is_named_once() -> None:
    assert logging("asked", "own", "own").places == ["the log group asked", "the bucket own"]


# --- What Bedrock keeps ---


@pytest.mark.parametrize(("key", "verdict"), [(KEY, Pass), ("", Fail)])
def test_keys(key: str, verdict: type) -> None:
    model = CustomModel(name="orders", arn="arn", key=key)
    assert isinstance(bedrock_custom_model_encrypted_with_cmk(model), verdict)
    prompt = Prompt(prompt_id="p", arn="arn", name="greeting")
    assert isinstance(bedrock_prompt_encrypted_with_cmk(prompt, PromptKey(arn=key)), verdict)
    manuals = DataSource(
        data_source_id="d", knowledge_base_id="k", name="manuals", encryption=SourceEncryption(kms_key_arn=key)
    )
    found = bedrock_knowledge_base_encrypted_with_cmk(manuals)
    assert isinstance(found, verdict)
    assert found.detail.startswith("Bedrock data source manuals is encrypted at rest with")
    assert manuals.arn.endswith(":knowledge-base/k/data-source/d")


def test_prompts_of_a_region_are_told_one_by_one() -> None:
    prompt = Prompt(prompt_id="p", arn="arn", name="greeting")
    (found,) = bedrock_prompt_management_exists(HERE, (prompt,))
    assert found == Pass("Bedrock prompt greeting is there in us-east-1.", resource=prompt)
    assert [type(each) for each in bedrock_prompt_management_exists(HERE, ())] == [Fail]


def test_knowledge_bases_that_go_have_no_data_sources() -> None:
    bases = [{"knowledgeBaseId": each, "name": each, "status": each} for each in ("ACTIVE", "DELETING", "FAILED")]
    told = {"dataSourceId": "d", "knowledgeBaseId": "ACTIVE", "name": "n", "status": "AVAILABLE"}
    going = {**told, "dataSourceId": "e", "status": "DELETING"}
    world = World(
        {
            ("bedrock-agent:ListKnowledgeBases", HOME): {"knowledgeBaseSummaries": bases},
            "bedrock-agent:ListDataSources": {"dataSourceSummaries": [told, going]},
            "bedrock-agent:GetDataSource": {"dataSource": {}},
        }
    )
    check = bedrock_knowledge_base_encrypted_with_cmk.id
    assert verdicts(world, check) == {(check, HOME, "d"): "FAIL"}
    assert world.calls["bedrock-agent:ListDataSources"] == 2


# --- Agents ---


def agent(name: str, guardrail: str = "", region: str = HOME) -> Agent:
    choice = GuardrailChoice(guardrail_identifier=guardrail)
    return Agent(agent_id=name, agent_name=name, guardrail=choice, region=region, account=ACCOUNT)


@pytest.mark.parametrize(("guardrail", "verdict"), [("strict", Pass), ("", Fail)])
def test_guardrails_of_agents(guardrail: str, verdict: type) -> None:
    assert isinstance(bedrock_agent_guardrail_enabled(agent("shop", guardrail)), verdict)


MODEL = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:us-east-1::model/m"}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
REWRITING = {"Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "*"}
ALL_BEDROCK = {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"}
NO_IAM = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
NOT_IAM = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
DOCUMENTS = {
    "arn:model": [MODEL],
    "arn:everything": [EVERYTHING],
    "arn:all-but-iam": [EVERYTHING, NO_IAM],
    "arn:not-iam": [NOT_IAM],
}
MANAGED = ManagedPolicies({arn: Policy.decode({"Statement": each}) for arn, each in DOCUMENTS.items()})
ROLE = "arn:aws:iam::123456789012:role/shop"


def inline(*statements: dict[str, Any]) -> tuple[InlinePolicy, ...]:
    return tuple(
        InlinePolicy(policy_name=f"p{number}", policy_document=Policy.decode({"Statement": [each]}))
        for number, each in enumerate(statements)
    )


def attached(*arns: str) -> tuple[AttachedPolicy, ...]:
    return tuple(AttachedPolicy(policy_name=each.rpartition("/")[2], policy_arn=each) for each in arns)


def role(
    *statements: dict[str, Any], arns: tuple[str, ...] = (), bound: str | None = "arn:model", service: bool = True
) -> Role:
    principal = {"Service": "bedrock.amazonaws.com"} if service else {"AWS": "123456789012"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return Role(
        name="shop",
        arn=ROLE,
        path="/",
        trust=Policy.decode({"Statement": [trust]}),
        attached_managed_policies=attached(*arns),
        inline_policies=inline(*statements),
        permissions_boundary=Boundary(permissions_boundary_arn=bound) if bound else None,
        account=ACCOUNT,
    )


def draft(of: Agent, arn: str | None = ROLE, failure: Failure | None = None) -> DraftRole:
    return DraftRole(agent_arn=of.arn, name=of.agent_name, roles={"DRAFT": arn} if arn else {}, failure=failure)


SHOP, DESK, AWAY = agent("shop"), agent("desk"), agent("away", region="eu-west-1")


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (role(MODEL), Pass),
        (role(MODEL, arns=("arn:model",)), Pass),
        (role(MODEL, bound=None), Fail),
        (role(MODEL, bound="arn:everything"), Fail),
        (role(MODEL, bound="arn:all-but-iam"), Pass),
        (role(MODEL, bound="arn:not-iam"), Pass),
        (role(MODEL, bound="arn:unlisted"), Manual),
        (role(EVERYTHING, bound="arn:unlisted"), Fail),
        (role(EVERYTHING), Fail),
        (role(REWRITING), Fail),
        (role(arns=("arn:aws:iam::aws:policy/AmazonBedrockFullAccess",)), Fail),
        (role(arns=("arn:unlisted",)), Manual),
        (role(EVERYTHING, arns=("arn:unlisted",)), Fail),
    ],
)
def test_the_role_of_an_agent(found: Role, verdict: type) -> None:
    assert isinstance(bedrock_agent_role_least_privilege(SHOP, (draft(SHOP),), (found,), MANAGED), verdict)


def test_roles_that_are_not_there() -> None:
    check = bedrock_agent_role_least_privilege
    assert isinstance(check(SHOP, (draft(SHOP),), (), MANAGED), Manual)
    assert check(SHOP, (draft(SHOP, None),), (), MANAGED) is None
    with pytest.raises(GapError):
        check(SHOP, (draft(SHOP, None, GAP),), (), MANAGED)
    with pytest.raises(GapError):
        check(SHOP, (draft(SHOP),), GAP, MANAGED)


def holders(drafts: tuple[DraftRole, ...], *deployed: DeployedRoles, gap: Failure | None = None) -> RoleHolders:
    found: RoleHolders = role_holders(Seen(drafts, gap=gap), Seen(deployed))
    return found


def deployed(of: Agent, arn: str, failure: Failure | None = None) -> DeployedRoles:
    return DeployedRoles(agent_arn=of.arn, name=of.agent_name, roles={"1": arn}, failure=failure)


def test_roles_of_their_own_and_shared_ones() -> None:
    check = bedrock_agent_role_not_shared_across_agents
    assert isinstance(check(SHOP, holders((draft(SHOP), draft(DESK, "other")))), Pass)
    elsewhere = holders((draft(SHOP), draft(AWAY)))
    detail = f"Bedrock agent shop runs under the role {ROLE}, which others have as well: away."
    assert check(SHOP, elsewhere) == Fail(detail)
    assert isinstance(check(AWAY, elsewhere), Fail)
    by_version = holders((draft(SHOP, "own"), draft(DESK)), deployed(SHOP, ROLE))
    found = check(SHOP, by_version)
    assert isinstance(found, Fail)
    assert found.detail.startswith("Version 1 of Bedrock agent shop runs under")
    assert isinstance(check(SHOP, holders((draft(SHOP),), deployed(SHOP, ROLE))), Pass)


def test_whether_a_role_is_shared_takes_all_agents() -> None:
    check = bedrock_agent_role_not_shared_across_agents
    assert isinstance(check(SHOP, holders((draft(SHOP), draft(DESK)), gap=GAP)), Fail)
    for told in (
        holders((draft(SHOP),), gap=GAP),
        holders((draft(SHOP), draft(DESK, None, GAP))),
        holders((draft(SHOP),), deployed(DESK, "other", GAP)),
        holders((draft(SHOP, None, GAP),)),
        holders((), gap=GAP),
    ):
        with pytest.raises(GapError):
            check(SHOP, told)
    assert check(SHOP, holders((draft(SHOP, None),))) is None


def alias(version: str, status: str = "PREPARED", state: str = "ACCEPT_INVOCATIONS") -> dict[str, Any]:
    routes = [{"agentVersion": version}, {}]
    named = {"agentAliasName": version, "agentAliasStatus": status, "routingConfiguration": routes}
    return {**named, "aliasInvocationState": state}


def agents_world(*aliases: dict[str, Any], **replies: Any) -> World:
    summaries = [
        {"agentId": each, "agentName": each, "agentStatus": "DELETING" if each == "going" else "PREPARED"}
        for each in ("shop", "desk", "going")
    ]

    def get(_account: Any, _region: str, params: dict[str, str]) -> Any:
        return {"agent": {"agentResourceRoleArn": params["agentId"]}}

    def listed(_account: Any, _region: str, params: dict[str, str]) -> Any:
        return {"agentAliasSummaries": list(aliases) if params["agentId"] == "shop" else []}

    told: dict[Any, Any] = {
        ("bedrock-agent:ListAgents", HOME): {"agentSummaries": summaries},
        "bedrock-agent:GetAgent": get,
        "bedrock-agent:ListAgentAliases": listed,
        "bedrock-agent:GetAgentVersion": {"agentVersion": {"agentResourceRoleArn": "desk"}},
    }
    return World({**told, **{f"bedrock-agent:{name}": reply for name, reply in replies.items()}})


@pytest.mark.parametrize(
    ("world", "statuses"),
    [
        (agents_world(), ["PASS", "PASS"]),
        (agents_world(alias("1")), ["FAIL", "FAIL"]),
        (agents_world(alias("DRAFT")), ["PASS", "PASS"]),
        (agents_world(alias("1", state="REJECT_INVOCATIONS")), ["PASS", "PASS"]),
        (agents_world(alias("1", "FAILED"), alias("1", "DISSOCIATED")), ["PASS", "PASS"]),
        (agents_world(alias("1", "UPDATING")), ["MANUAL", "MANUAL"]),
        (agents_world(alias("1", "MUSING")), ["MANUAL", "MANUAL"]),
        (agents_world(alias("1"), GetAgentVersion=denied()), ["MANUAL", "MANUAL"]),
        (agents_world(alias("1"), GetAgentVersion=error("ResourceNotFoundException")), ["PASS", "PASS"]),
        (agents_world(alias("1"), GetAgentVersion={}), ["MANUAL", "MANUAL"]),
        (agents_world(ListAgentAliases=denied()), ["MANUAL", "MANUAL"]),
        (agents_world(GetAgent=denied()), ["MANUAL", "MANUAL"]),
        (agents_world(GetAgent=error("ResourceNotFoundException")), []),
        (agents_world(ListAgents=error("UnknownOperationException")), ["PASS", "PASS"]),
    ],
)
def test_versions_that_can_be_called_count(world: World, statuses: list[str]) -> None:
    found = findings_of(world, bedrock_agent_role_not_shared_across_agents.id)
    assert [each.status for each in found] == statuses


def test_the_types_of_what_is_held_are_told_apart() -> None:
    assert issubclass(DraftRole, HeldRoles)
    assert issubclass(DeployedRoles, HeldRoles)


# --- API keys and roles ---


def key(status: str = "Active", expires: datetime.datetime | None = None) -> BedrockKey:
    return BedrockKey(credential_id="ACCA1", user_name="trial", status=status, expiration_date=expires)


@pytest.mark.parametrize(
    ("found", "verdict", "severity"),
    [
        (key(), Fail, "critical"),
        (key(expires=NOW + datetime.timedelta(days=30)), Fail, None),
        (key(expires=NOW + datetime.timedelta(days=36_500)), Fail, "critical"),
        (key(expires=NOW), Pass, None),
        (key("Expired"), Pass, None),
        (key("Inactive"), Pass, None),
        (key("Dreaming"), Manual, None),
    ],
)
def test_keys_for_the_long_term(found: BedrockKey, verdict: type, severity: str | None) -> None:
    told = bedrock_api_key_no_long_term_credentials(found, NOW)
    assert isinstance(told, verdict)
    assert told.severity == severity


def user(*statements: dict[str, Any], groups: tuple[str, ...] = (), arns: tuple[str, ...] = ()) -> User:
    return User(
        name="trial",
        arn="arn",
        attached_managed_policies=attached(*arns),
        inline_policies=inline(*statements),
        group_list=groups,
    )


ADMINISTRATORS = Group(
    name="administrators", arn="arn", attached_managed_policies=(), inline_policies=inline(EVERYTHING)
)
DENIAL = {"Effect": "Deny", "Action": "bedrock:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (user(MODEL), Pass),
        (user(EVERYTHING), Fail),
        (user(REWRITING), Fail),
        (user(ALL_BEDROCK), Fail),
        (user(ALL_BEDROCK, DENIAL), Pass),
        (user(groups=("administrators",)), Fail),
        (user(groups=("others",)), Pass),
        (user(MODEL, arns=("arn:unlisted",)), Manual),
    ],
)
def test_what_keys_may_do(found: User, verdict: type) -> None:
    told = bedrock_api_key_no_administrative_privileges(key(), (found,), (ADMINISTRATORS,), MANAGED)
    assert isinstance(told, verdict)


def test_nothing_is_said_of_the_key_of_a_user_who_is_gone() -> None:
    assert bedrock_api_key_no_administrative_privileges(key(), (), (), MANAGED) is None


def test_keys_are_asked_for_once_in_an_account() -> None:
    def listed(_account: Any, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        assert (params["AllUsers"], params["ServiceName"]) == (True, "bedrock.amazonaws.com")
        one = {"ServiceSpecificCredentialId": "ACCA1", "UserName": "trial", "Status": "Active"}
        if "Marker" in params:
            return {"ServiceSpecificCredentials": [{**one, "ServiceSpecificCredentialId": "ACCA2"}]}
        return {"ServiceSpecificCredentials": [one], "IsTruncated": True, "Marker": "more"}

    check = bedrock_api_key_no_long_term_credentials.id
    found = findings_of(World({"iam:ListServiceSpecificCredentials": listed}), check)
    assert [(each.resource_id, each.status, each.severity) for each in found] == [
        ("ACCA1", "FAIL", "critical"),
        ("ACCA2", "FAIL", "critical"),
    ]
    assert (
        findings_of(World({"iam:ListServiceSpecificCredentials": error("NotSupportedService", "", 404)}), check) == []
    )


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (role(service=False), Pass),
        (role(arns=("arn:aws:iam::aws:policy/AmazonBedrockFullAccess",), service=False), Fail),
        (role(arns=("arn:aws:iam::aws:policy/AmazonBedrockFullAccess",)), type(None)),
    ],
)
def test_roles_with_full_access(found: Role, verdict: type) -> None:
    assert isinstance(bedrock_full_access_policy_attached(found), verdict)


# --- Networks ---

VPC = Vpc(vpc_id="vpc-1", is_default=False, account=ACCOUNT)
USE = NetworkUse(vpcs=frozenset({"vpc-1"}))
ALL = ("bedrock", "bedrock-runtime", "bedrock-agent", "bedrock-agent-runtime", "bedrock-mantle")


def offered(*services: str) -> OfferedServices:
    return OfferedServices({f"com.amazonaws.us-east-1.{each}": True for each in services})


def endpoints(*services: str) -> EndpointServices:
    return EndpointServices({"vpc-1": set(services)})


@pytest.mark.parametrize(
    ("there", "services", "verdict"),
    [
        (endpoints(*ALL), offered(*ALL), Pass),
        (endpoints(*ALL[:4]), offered(*ALL), Fail),
        (endpoints(*ALL[:2]), offered(*ALL[:2], "bedrock-runtime-fips", "s3"), Pass),
        (EndpointServices({}), offered(*ALL), Fail),
        (EndpointServices({}), offered("s3"), type(None)),
        (endpoints(*ALL), GAP, Pass),
    ],
)
def test_endpoints(there: EndpointServices, services: Any, verdict: type) -> None:
    assert isinstance(bedrock_vpc_endpoints_configured(VPC, BedrockUse(is_used=True), USE, there, services), verdict)


def test_vpcs_without_a_use_for_endpoints_are_not_judged() -> None:
    check, none = bedrock_vpc_endpoints_configured, EndpointServices({})
    assert check(VPC, BedrockUse(is_used=False), USE, none, offered(*ALL)) is None
    assert check(VPC, BedrockUse(is_used=True), NetworkUse(), none, offered(*ALL)) is None
    found = check(VPC, BedrockUse(is_used=True), NetworkUse(), none, offered(*ALL), scan_unused_services=True)
    assert isinstance(found, Fail)
    with pytest.raises(GapError):
        check(VPC, BedrockUse(is_used=True), USE, none, GAP)


ABSENT = Failure("unsupported", "bedrock-agent:*", "UnknownOperationException")


@pytest.mark.parametrize(
    ("log", "guardrails", "agents", "is_used"),
    [
        (logging("asked"), GAP, GAP, True),
        (GAP, (GUARDRAIL,), GAP, True),
        (InvocationLogging(), (), (SHOP,), True),
        (InvocationLogging(), (), ABSENT, False),
        (InvocationLogging(), (), (), False),
    ],
)
def test_use(log: Any, guardrails: Any, agents: Any, is_used: bool) -> None:
    assert bedrock_use(log, guardrails, agents) == BedrockUse(is_used=is_used)


def test_whether_it_is_used_is_not_made_up() -> None:
    with pytest.raises(GapError):
        bedrock_use(InvocationLogging(), (), GAP)
