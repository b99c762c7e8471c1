"""How keys are judged by their state, rotation and policy."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.resource_policies import closed_to_public
from aioprowler.judging.verdicts import has, is_not, is_set_to
from aioprowler.services.kms.resources import SCHEDULED, UNUSABLE, USABLE, Key, KeyPolicy, KeyRotation, is_judged


@check(fails="KMS key cannot be used and is not scheduled for deletion", severity="low", categories=["encryption"])
def kms_cmk_are_used(key: Key) -> Verdict | None:
    """Customer managed KMS keys are usable, or scheduled for deletion.

    A key that is disabled, that waits for its imported material, or whose key store is not connected encrypts and
    decrypts nothing. Whether anything calls a usable key is not looked into. Keys that AWS manages are not judged.

    ## Risk
    A key that nothing can use is paid for every month, and nobody knows whether the data that it encrypted is still
    wanted: it is enabled, or deleted, in a hurry.

    ## Remediation
    Enable the key where its data is needed: `aws kms enable-key --region <region> --key-id <key>`. Else schedule its
    deletion, with the longest waiting period: `aws kms schedule-key-deletion --region <region> --key-id <key>
    --pending-window-in-days 30`.

    ## References
    https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html
    """
    if not key.is_own:
        return None
    return is_set_to(key.label, "the state", key.key_state, good=USABLE | SCHEDULED, bad=UNUSABLE)


@check(fails="KMS key is scheduled for deletion", severity="critical", categories=["encryption"])
def kms_cmk_not_deleted_unintentionally(key: Key, *, scan_unused_services: bool = False) -> Verdict | None:
    """Customer managed KMS keys are not scheduled for deletion.

    A primary key that waits for its replicas to be deleted is scheduled as well. Disabled keys are judged only where
    unused services are scanned, keys that AWS manages never.

    ## Risk
    Once the waiting period is over, all that was encrypted with the key is lost for ever: nobody, AWS included, can
    decrypt it.

    ## Remediation
    Cancel the deletion unless it is meant: `aws kms cancel-key-deletion --region <region> --key-id <key>`. The key is
    disabled then: `aws kms enable-key --region <region> --key-id <key>`.

    ## References
    https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
    """
    if not key.is_own or (key.key_state == "Disabled" and not scan_unused_services):
        return None
    return is_set_to(key.label, "the state", key.key_state, good=USABLE | UNUSABLE, bad=SCHEDULED)


@check(fails="KMS key is a multi-Region key", severity="medium", categories=["encryption"])
def kms_cmk_not_multi_region(key: Key) -> Verdict | None:
    """Customer managed KMS keys belong to a single region.

    Primary and replica keys share their material, and both are judged. Keys that cannot be used, and those that AWS
    manages, are not.

    ## Risk
    What is encrypted in one region can be decrypted in another, under another key policy: each replica widens who can
    reach the data, and where its boundary is no longer follows from the region.

    ## Remediation
    A multi-Region key stays one. Make a key of one region, encrypt the data anew, and delete the replicas, then the
    primary: `aws kms create-key --region <region> --no-multi-region`.

    ## References
    https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
    """
    return is_not(key.label, "a multi-Region key", key.multi_region) if is_judged(key) else None


@check(fails="KMS key is not rotated automatically", severity="high", categories=["encryption"])
def kms_cmk_rotation_enabled(key: Key, rotation: KeyRotation) -> Verdict:
    """Customer managed KMS keys are rotated automatically.

    Judged are symmetric encryption keys that can be used and whose material AWS KMS made. There is no automatic
    rotation of others: of asymmetric and HMAC keys, imported material and custom key stores. Of multi-Region keys the
    primary is judged, which decides for its replicas; keys that AWS manages are rotated every year.

    ## Risk
    One key encrypts everything for ever, so that whoever gets at its material, or finds a weakness in it, has all data
    and not that of a year.

    ## Remediation
    `aws kms enable-key-rotation --region <region> --key-id <key> --rotation-period-in-days 365`. Old material is kept,
    and nothing has to be encrypted anew.

    ## References
    https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    """
    every = f" every {rotation.rotation_period_in_days} days" if rotation.key_rotation_enabled else ""
    return has(key.label, f"automatic rotation{every}", rotation.key_rotation_enabled)


@check(fails="KMS key can be used by anyone", severity="critical", categories=["identity-access", "internet-exposed"])
def kms_key_not_publicly_accessible(key: Key, policy: KeyPolicy) -> Verdict:
    """The policies of customer managed KMS keys do not let just anyone in.

    An Allow for `*` counts, whatever its actions, unless a condition (such as `kms:CallerAccount`) ties it to somebody
    in particular, or a Deny keeps all others out. Grants are no part of a policy, and keys that cannot be used are not
    judged.

    ## Risk
    Any AWS account decrypts what the key protects, encrypts data of its own with it, or learns what the key is for.

    ## Remediation
    Name the account or its roles as principals: `aws kms put-key-policy --region <region> --key-id <key> --policy-name
    default --policy file://<your-key-policy.json>`.

    ## References
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    return closed_to_public(key.label, policy.policy)
