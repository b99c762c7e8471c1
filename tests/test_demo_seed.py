"""The simulated organization: accounts, regions, and good and bad resources."""

from __future__ import annotations

import builtins
import io
import json
import urllib.request
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from aioprowler.aws.errors import NOT_IMPLEMENTED
from aioprowler.demo import DemoUnavailableError, EmbeddedAws
from aioprowler.demo.seed import SCAN_ROLE, DemoOrganization, seed
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from aioprowler.demo.server import MANAGEMENT_ACCOUNT_ID, MEMBER_ACCOUNT_IDS

if TYPE_CHECKING:
    from collections.abc import Iterator


class Demo:
    """A seeded organization and clients that entered its accounts the way a scan does."""

    def __init__(self, endpoint_url: str, organization: DemoOrganization) -> None:
        self.organization = organization
        self.root = Clients(endpoint_url, organization.management.id)
        self.management, self.production, self.sandbox = (
            self.root.assume(account.role_arn, account.id) for account in organization.accounts
        )

    def close(self) -> None:
        for clients in (self.root, self.management, self.production, self.sandbox):
            clients.__exit__(None, None, None)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with EmbeddedAws() as aws:
        demo = Demo(aws.endpoint_url, seed(aws.endpoint_url))
        yield demo
        demo.close()


@pytest.fixture(scope="module")
def reports(demo: Demo) -> dict[str, dict[str, dict[str, str]]]:
    return {account.id: credential_report(clients) for account, clients in each_account(demo)}


def each_account(demo: Demo) -> list[tuple[Any, Clients]]:
    return list(zip(demo.organization.accounts, (demo.management, demo.production, demo.sandbox), strict=True))


def credential_report(clients: Clients) -> dict[str, dict[str, str]]:
    iam = clients("iam")
    iam.generate_credential_report()
    header, *rows = iam.get_credential_report()["Content"].decode().split()
    users = [dict(zip(header.split(","), row.split(","), strict=True)) for row in rows]
    return {user["user"]: user for user in users}


def bucket_names(clients: Clients) -> set[str]:
    return {bucket["Name"] for bucket in clients("s3").list_buckets()["Buckets"]}


def only(items: list[Any]) -> Any:
    (item,) = items
    return item


# These come first: only one embedded AWS can run, and `demo` starts with the first test that asks for it.


def test_successive_servers_start_empty() -> None:
    for _ in range(2):
        with EmbeddedAws() as aws, Clients(aws.endpoint_url, MANAGEMENT_ACCOUNT_ID) as root:
            assert bucket_names(root) == set()
            assert root("iam").list_roles()["Roles"] == []
            root("s3").create_bucket(Bucket="payments-ledger")
            root("iam").create_role(RoleName="left-over", AssumeRolePolicyDocument="{}")


def test_stopping_twice_is_harmless_and_the_endpoint_is_gone() -> None:
    aws = EmbeddedAws().start()
    aws.stop()
    aws.stop()
    with pytest.raises(RuntimeError, match="not running"):
        _ = aws.endpoint_url


def test_without_moto_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import_module = builtins.__import__

    def without_moto(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("moto"):
            raise ImportError(name)
        return import_module(name, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(builtins, "__import__", without_moto)
        with pytest.raises(DemoUnavailableError, match=r"pip install 'aioprowler\[demo\]'"):
            EmbeddedAws().start()
    EmbeddedAws().start().stop()


def test_account_ids_are_the_same_in_every_run(demo: Demo) -> None:
    ids = [account.id for account in demo.organization.accounts]
    assert ids == [MANAGEMENT_ACCOUNT_ID, *MEMBER_ACCOUNT_IDS]


def test_organization_lists_its_accounts(demo: Demo) -> None:
    listed = demo.root("organizations").list_accounts()["Accounts"]
    assert {account["Id"] for account in listed} == {account.id for account in demo.organization.accounts}


def test_an_assumed_role_acts_in_its_own_account(demo: Demo) -> None:
    for account, clients in each_account(demo):
        identity = clients("sts").get_caller_identity()
        assert identity["Account"] == account.id
        assert f":assumed-role/{SCAN_ROLE}/" in identity["Arn"]


def test_buckets_of_one_account_are_not_listed_in_another(demo: Demo) -> None:
    management, production, sandbox = (bucket_names(clients) for _, clients in each_account(demo))
    assert "organization-audit-trail" in management
    assert "payments-ledger" in production
    assert "partner-dropbox" in sandbox
    assert not management & production
    assert not production & sandbox
    assert not sandbox & management


def test_scan_roles_trust_the_management_account_and_one_wants_an_external_id(demo: Demo) -> None:
    conditions = {}
    for account, clients in each_account(demo):
        role = clients("iam").get_role(RoleName=SCAN_ROLE)["Role"]
        statement = only(role["AssumeRolePolicyDocument"]["Statement"])
        assert role["Arn"] == account.role_arn
        assert statement["Principal"] == {"AWS": f"arn:aws:iam::{MANAGEMENT_ACCOUNT_ID}:root"}
        conditions[account.name] = statement.get("Condition")
    external_id = demo.organization.production.external_id
    assert conditions["production"] == {"StringEquals": {"sts:ExternalId": external_id}}
    assert conditions["management"] is None
    assert conditions["sandbox"] is None


@pytest.mark.parametrize("region", [HOME_REGION, SECOND_REGION])
def test_both_regions_run_instances_and_databases(demo: Demo, region: str) -> None:
    assert demo.production("ec2", region).describe_instances()["Reservations"]
    assert demo.production("rds", region).describe_db_instances()["DBInstances"]


def test_regions_are_separate(demo: Demo) -> None:
    names = {
        region: {
            item["DBInstanceIdentifier"]
            for item in demo.production("rds", region).describe_db_instances()["DBInstances"]
        }
        for region in demo.organization.regions
    }
    assert names[SECOND_REGION] == {"reporting"}
    assert "reporting" not in names[HOME_REGION]


def test_public_bucket_is_public_and_ledger_is_not(demo: Demo) -> None:
    s3 = demo.production("s3")
    assert s3.get_bucket_policy_status(Bucket="public-website-assets")["PolicyStatus"]["IsPublic"]
    assert not s3.get_bucket_policy_status(Bucket="payments-ledger")["PolicyStatus"]["IsPublic"]
    groups = {grant["Grantee"].get("URI") for grant in s3.get_bucket_acl(Bucket="public-website-assets")["Grants"]}
    assert "http://acs.amazonaws.com/groups/global/AllUsers" in groups
    block = s3.get_public_access_block(Bucket="payments-ledger")["PublicAccessBlockConfiguration"]
    assert all(block.values())


def test_anybody_may_write_to_the_dropbox(demo: Demo) -> None:
    grants = demo.sandbox("s3").get_bucket_acl(Bucket="partner-dropbox")["Grants"]
    assert "WRITE" in {grant["Permission"] for grant in grants}


def test_only_the_management_account_blocks_public_buckets(demo: Demo) -> None:
    block = demo.management("s3control").get_public_access_block(AccountId=MANAGEMENT_ACCOUNT_ID)
    assert all(block["PublicAccessBlockConfiguration"].values())
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        demo.sandbox("s3control").get_public_access_block(AccountId=demo.organization.sandbox.id)


def test_sandbox_squats_on_a_bucket_name_of_production(demo: Demo) -> None:
    name = f"sagemaker-{HOME_REGION}-{demo.organization.production.id}"
    assert name in bucket_names(demo.sandbox)
    demo.production("s3").head_bucket(Bucket=name)


def test_password_policies_range_from_strict_to_none(demo: Demo) -> None:
    strict = demo.management("iam").get_account_password_policy()["PasswordPolicy"]
    lax = demo.production("iam").get_account_password_policy()["PasswordPolicy"]
    assert (strict["MinimumPasswordLength"], lax["MinimumPasswordLength"]) == (16, 8)
    with pytest.raises(ClientError, match="NoSuchEntity"):
        demo.sandbox("iam").get_account_password_policy()


def test_users_with_and_without_second_factor(demo: Demo, reports: dict[str, dict[str, dict[str, str]]]) -> None:
    bob = reports[demo.organization.production.id]["bob"]
    intern = reports[demo.organization.sandbox.id]["intern"]
    assert (bob["password_enabled"], bob["mfa_active"]) == ("true", "true")
    assert (intern["password_enabled"], intern["mfa_active"]) == ("true", "false")


def test_access_keys_used_and_unused(demo: Demo, reports: dict[str, dict[str, dict[str, str]]]) -> None:
    deployer = reports[demo.organization.production.id]["deployer"]
    assert deployer["access_key_1_active"] == deployer["access_key_2_active"] == "true"
    assert deployer["access_key_1_last_used_date"] != "N/A"
    assert deployer["access_key_2_last_used_date"] == "N/A"


@pytest.mark.parametrize("name", ["AdministratorAccess", "ReadOnlyAccess", "SecurityAudit", "AWSSupportAccess"])
def test_aws_managed_policies_exist(demo: Demo, name: str) -> None:
    assert demo.sandbox("iam").get_policy(PolicyArn=f"arn:aws:iam::aws:policy/{name}")["Policy"]


def test_legacy_admin_has_everything_three_times(demo: Demo) -> None:
    iam = demo.production("iam")
    attached = iam.list_attached_role_policies(RoleName="legacy-admin")["AttachedPolicies"]
    inline = iam.get_role_policy(RoleName="legacy-admin", PolicyName="just-in-case")["PolicyDocument"]
    assert {policy["PolicyName"] for policy in attached} >= {"AdministratorAccess", "god-mode"}
    assert only(inline["Statement"])["Action"] == "*"


def test_instances_require_metadata_tokens_or_not(demo: Demo) -> None:
    tokens = {}
    for reservation in demo.production("ec2").describe_instances()["Reservations"]:
        for instance in reservation["Instances"]:
            name = next(tag["Value"] for tag in instance["Tags"] if tag["Key"] == "Name")
            tokens[name] = instance["MetadataOptions"]["HttpTokens"]
    assert tokens == {"shop-web-1": "required", "shop-web-2": "required", "jump-host": "optional"}


def test_snapshots_and_images_of_the_sandbox_are_public(demo: Demo) -> None:
    ec2 = demo.sandbox("ec2")
    image = only(ec2.describe_images(Owners=["self"])["Images"])
    public = [
        snapshot["SnapshotId"]
        for snapshot in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
        if ec2.describe_snapshot_attribute(SnapshotId=snapshot["SnapshotId"], Attribute="createVolumePermission")[
            "CreateVolumePermissions"
        ]
    ]
    assert image["Public"]
    assert len(public) == 1


def test_one_vpc_records_its_flows(demo: Demo) -> None:
    ec2 = demo.production("ec2")
    recorded = {log["ResourceId"] for log in ec2.describe_flow_logs()["FlowLogs"]}
    vpcs = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]}
    assert len(recorded) == 1
    assert recorded < vpcs


def test_endpoint_policies_are_narrow_and_wide(demo: Demo) -> None:
    endpoints = demo.production("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    principals = {
        endpoint["ServiceName"].rpartition(".")[2]: only(json.loads(endpoint["PolicyDocument"])["Statement"])[
            "Principal"
        ]
        for endpoint in endpoints
    }
    assert principals["s3"] == "*"
    assert principals["ec2"] == {"AWS": f"arn:aws:iam::{demo.organization.production.id}:root"}


def test_databases_are_encrypted_or_on_the_internet(demo: Demo) -> None:
    ledger = only(demo.production("rds").describe_db_instances(DBInstanceIdentifier="ledger")["DBInstances"])
    hackathon = only(demo.sandbox("rds").describe_db_instances()["DBInstances"])
    assert (ledger["StorageEncrypted"], ledger["PubliclyAccessible"]) == (True, False)
    assert (hackathon["StorageEncrypted"], hackathon["PubliclyAccessible"]) == (False, True)


def test_clusters_span_zones_or_not(demo: Demo) -> None:
    (orders,) = demo.production("rds").describe_db_clusters(DBClusterIdentifier="orders")["DBClusters"]
    (throwaway,) = demo.sandbox("rds").describe_db_clusters(DBClusterIdentifier="throwaway")["DBClusters"]
    assert (orders["MultiAZ"], throwaway["MultiAZ"]) == (True, False)


def test_the_code_of_functions_is_on_this_machine(demo: Demo) -> None:
    functions = [(clients, each) for _, clients in each_account(demo) for each in functions_of(clients)]
    assert functions
    for clients, name in functions:
        link = clients("lambda").get_function(FunctionName=name)["Code"]["Location"]
        assert link.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(link) as reply:
            assert zipfile.ZipFile(io.BytesIO(reply.read())).namelist() == ["main.py"]


def functions_of(clients: Clients) -> list[str]:
    return [each["FunctionName"] for each in clients("lambda").list_functions()["Functions"]]


def test_missing_operations_say_so_quietly(demo: Demo, capfd: pytest.CaptureFixture[str]) -> None:
    """In each protocol, also where moto has no such path or refuses what AWS has."""
    for call in (
        demo.root("ec2").get_snapshot_block_public_access_state,
        demo.root("rds").describe_certificates,
        demo.root("ssm").describe_instance_information,
        demo.root("amplify").list_apps,
        demo.root("account").get_contact_information,
        partial(demo.root("ecs").list_account_settings, name="defaultLogDriverMode"),
        demo.root("cloudfront").list_realtime_log_configs,
    ):
        with pytest.raises(ClientError) as caught:
            call()
        told = caught.value.response["Error"]
        assert (told["Code"], told["Message"]) == (NOT_IMPLEMENTED, "the simulated AWS lacks it")
        assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert capfd.readouterr().err == ""


def test_only_one_embedded_aws_at_a_time(demo: Demo) -> None:
    with pytest.raises(RuntimeError, match="already running"):
        EmbeddedAws().start()
    assert bucket_names(demo.root)
