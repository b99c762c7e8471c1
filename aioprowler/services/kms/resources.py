"""Keys, with what their policies and rotation are."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Facet, Failure, Here, Resource, States, call, constant, derive, field, known, listing
from aioprowler.judging.policies import Policy
from aioprowler.services.kms.enclaves import AttestedGrant, attested_grants, mentions_attestation
from aioprowler.services.resourcegroupstaggingapi.resources import TaggedKey

AWS_MANAGED: Final = "AWS"
"""`KeyManager` of keys that a service made in the account and looks after."""

SCHEDULED: Final = frozenset({"PendingDeletion", "PendingReplicaDeletion"})
"""States of a key that will be deleted; that of a primary which waits for its replicas to go is the second."""

UNUSABLE: Final = frozenset({"Disabled", "PendingImport", "Unavailable"})
"""States in which no cryptographic operation works: a key that was turned off, waits for its material, or whose key
store is not connected."""

USABLE: Final = frozenset({"Enabled", "Updating"})
"""States in which operations work (https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html)."""


class MultiRegion(msgspec.Struct, frozen=True, rename="pascal"):
    """What a multi-Region key is among its like."""

    multi_region_key_type: str | None = None
    """`PRIMARY` or `REPLICA`."""


class Key(Resource, id="key_id", type="AwsKmsKey", group="security", noun="KMS key", gone=["NotFoundException"]):
    """A key, as ListKeys and DescribeKey tell of it. A key policy may refuse the second, of that key alone.

    Its states: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
    """

    source = listing(
        "kms",
        "ListKeys",
        "Keys",
        detail=call("kms", "DescribeKey", "KeyMetadata", KeyId="key_id"),
        states=States("key_state", not_yet=["Creating"]),
    )
    key_id: str
    arn: str = field(name="KeyArn")
    key_manager: str
    key_state: str
    key_spec: str
    origin: str
    description: str = ""
    multi_region: bool = False
    """A key is one of a single region unless it was made otherwise
    (https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html)."""
    multi_region_configuration: MultiRegion = MultiRegion()

    @property
    def is_own(self) -> bool:
        """Whether it is customer managed: policy, rotation and deletion are the account's."""
        return self.key_manager != AWS_MANAGED

    @property
    def is_usable(self) -> bool:
        """Whether operations work with it, for all that is known of its state."""
        return self.key_state not in SCHEDULED | UNUSABLE

    @property
    def is_replica(self) -> bool:
        """Whether it follows the primary of another region."""
        return self.multi_region_configuration.multi_region_key_type == "REPLICA"


def is_judged(key: Key) -> bool:
    """Whether a key is the account's own, and in a state in which it works."""
    return key.is_own and key.is_usable


def can_rotate(key: Key) -> bool:
    """Whether AWS KMS can rotate it by itself: of symmetric encryption keys whose material it made, and of multi-Region
    keys the primary (https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html).
    """
    return is_judged(key) and key.key_spec == "SYMMETRIC_DEFAULT" and key.origin == "AWS_KMS" and not key.is_replica


class KeyPolicy(Facet[Key]):
    """Its one policy, `default`, which every key has. Grants are no part of it."""

    source = call("kms", "GetKeyPolicy", KeyId="key_id", PolicyName=constant("default"), when=is_judged)
    policy: Policy


class KeyRotation(Facet[Key]):
    """Whether, and how often, AWS KMS makes new material for it."""

    source = call("kms", "GetKeyRotationStatus", KeyId="key_id", when=can_rotate)
    key_rotation_enabled: bool
    rotation_period_in_days: int = 365
    """AWS's default (https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html)."""


# --- Enclaves ---

_SIGN = "enclave"


class Alias(Resource, id="name", group="security", noun="KMS alias"):
    """A name of a key."""

    source = listing("kms", "ListAliases", "Aliases")
    name: str = field(name="AliasName")
    arn: str = field(name="AliasArn")
    target_key_id: str = ""
    """Nothing where AWS keeps the name for a key that a service has not made yet."""


class NamedForEnclaves(msgspec.Struct, frozen=True):
    """The keys of a region whose alias says that they are an enclave's, by id."""

    ids: frozenset[str]


@derive
def named_for_enclaves(aliases: Here[Alias]) -> NamedForEnclaves:
    """By their aliases."""
    return NamedForEnclaves(frozenset(each.target_key_id for each in aliases if _SIGN in each.name.lower()))


class TaggedForEnclaves(msgspec.Struct, frozen=True):
    """The keys of a region whose tags say that they are an enclave's, by ARN."""

    arns: frozenset[str]


@derive
def tagged_for_enclaves(keys: Here[TaggedKey]) -> TaggedForEnclaves:
    """By names and values of tags."""
    return TaggedForEnclaves(
        frozenset(each.arn for each in keys if any(_SIGN in f"{tag.key}\n{tag.value}".lower() for tag in each.tags))
    )


class EnclaveGrants(msgspec.Struct, frozen=True):
    """What the policy of an enclave's key allows of what enclaves call; None of a key that is not known to be one's."""

    grants: tuple[AttestedGrant, ...] | None


@derive
def enclave_grants(
    key: Key, policy: KeyPolicy, named: NamedForEnclaves | Failure, tagged: TaggedForEnclaves | Failure
) -> EnclaveGrants:
    """A key is an enclave's where its policy asks for attestation, or its description, alias or tags say so. Raises
    GapError where nothing says so, and not all of it could be read.
    """
    is_enclaves = (
        _SIGN in key.description.lower()
        or mentions_attestation(policy.policy)
        or (not isinstance(named, Failure) and key.key_id in named.ids)
        or (not isinstance(tagged, Failure) and key.arn in tagged.arns)
    )
    if is_enclaves:
        return EnclaveGrants(tuple(attested_grants(policy.policy, key.arn)))
    known(named)
    known(tagged)
    return EnclaveGrants(None)
