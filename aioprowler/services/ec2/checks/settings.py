"""How settings of a region are judged. Most leave out regions that hold nothing that they would apply to."""

from __future__ import annotations

from functools import partial

from aioprowler import Fail, Here, Region, Verdict, check
from aioprowler.judging.verdicts import is_, pass_if
from aioprowler.services.ec2.resources.instance import Instance
from aioprowler.services.ec2.resources.settings import (
    EbsDefaultEncryption,
    ImagePublicAccess,
    InstanceMetadataDefaults,
    SnapshotPublicAccess,
)
from aioprowler.services.ec2.resources.storage import Snapshot, Volume

setting_check = partial(
    check, resource_group="compute", resource_arn="arn:{partition}:ec2:{region}:{account_id}:account"
)

account_check = partial(setting_check, resource_arn="arn:{partition}:ec2:{default_region}:{account_id}:account")
"""The ARN that Prowler gives such findings has the default region, whichever region is judged."""


@account_check(
    fails="Region lets images (AMIs) be shared publicly",
    severity="medium",
    categories=["internet-exposed"],
    resource_type="Other",
)
def ec2_ami_account_block_public_access(region: Region, access: ImagePublicAccess) -> Verdict:
    """Regions block new public sharing of images.

    Judged in every region, with images or without: the setting is what keeps the first one from being published. Images
    that were public before it was made stay public.

    ## Risk
    One call gives every AWS account a copy of an image's disks, with the keys, the source code and the customers' data
    that were left on them.

    ## Remediation
    `aws ec2 enable-image-block-public-access --region <region> --image-block-public-access-state block-new-sharing`

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html
    """
    return is_(f"New public sharing of images in {region.name}", "blocked", access.state == "block-new-sharing")


@setting_check(
    fails="Region does not encrypt new EBS volumes by default",
    severity="high",
    categories=["encryption"],
    resource_type="AwsEc2Volume",
    resource_arn="arn:{partition}:ec2:{region}:{account_id}:volume",
)
def ec2_ebs_default_encryption(
    region: Region, default: EbsDefaultEncryption, volumes: Here[Volume], *, scan_unused_services: bool = False
) -> Verdict | None:
    """Regions encrypt new EBS volumes by default.

    The setting encrypts every volume and every copy of a snapshot made from now on, whatever the request says. A region
    without volumes is judged only with `--scan-unused-services`.

    ## Risk
    Each volume depends on somebody remembering to ask for encryption; one that was forgotten can be snapshotted, shared
    and read in any account.

    ## Remediation
    `aws ec2 enable-ebs-encryption-by-default --region <region>`. Existing volumes stay as they are.

    ## References
    https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
    """
    if not volumes and not scan_unused_services:
        return None
    return pass_if(
        default.enabled,
        f"New EBS volumes in {region.name} are encrypted by default.",
        f"New EBS volumes in {region.name} are not encrypted by default.",
    )


@account_check(
    fails="Region does not block all public sharing of EBS snapshots",
    severity="high",
    categories=["internet-exposed"],
    resource_type="AwsEc2Volume",
)
def ec2_ebs_snapshot_account_block_public_access(
    region: Region, access: SnapshotPublicAccess, snapshots: Here[Snapshot], *, scan_unused_services: bool = False
) -> Verdict | None:
    """Regions block all public sharing of EBS snapshots.

    Blocking only new sharing is not enough: snapshots that are public already stay so. A region without snapshots is
    judged only with `--scan-unused-services`.

    ## Risk
    One call makes the contents of a disk, with all keys and data on it, public to every AWS account.

    ## Remediation
    `aws ec2 enable-snapshot-block-public-access --region <region> --state block-all-sharing`

    ## References
    https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html
    """
    if not snapshots and not scan_unused_services:
        return None
    sharing = f"Public sharing of EBS snapshots in {region.name}"
    if access.state == "block-new-sharing":
        return Fail(f"{sharing} is blocked for new ones only.")
    return is_(sharing, "blocked", access.state == "block-all-sharing")


@setting_check(
    fails="Region does not require IMDSv2 of new instances by default",
    severity="high",
    categories=["ec2-imdsv1", "secrets"],
    resource_type="AwsEc2Instance",
)
def ec2_instance_account_imdsv2_enabled(
    region: Region, defaults: InstanceMetadataDefaults, instances: Here[Instance], *, scan_unused_services: bool = False
) -> Verdict | None:
    """Regions require IMDSv2 of new instances by default.

    The account's default holds for every launch that does not set the metadata options itself; where the account
    enforces IMDSv2, nothing is launched without. A region without instances is judged only with
    `--scan-unused-services`.

    ## Risk
    With IMDSv1, a request that an attacker makes a server send, by SSRF or through an open proxy, returns the
    credentials of the instance's role.

    ## Remediation
    `aws ec2 modify-instance-metadata-defaults --region <region> --http-tokens required`

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
    """
    if not instances and not scan_unused_services:
        return None
    return pass_if(
        defaults.tokens == "required",
        f"New instances in {region.name} require IMDSv2 by default.",
        f"New instances in {region.name} do not require IMDSv2 by default.",
    )
