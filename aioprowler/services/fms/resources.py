"""Policies of Firewall Manager, which its administrators see."""

from __future__ import annotations

import msgspec

from aioprowler import Resource, States, field, listing


class FirewallPolicy(
    Resource,
    id="policy_id",
    type="Other",
    group="security",
    noun="Firewall Manager policy",
    gone=["ResourceNotFoundException"],
):
    """What an administrator has all accounts of an organization comply with.

    Each region has its own; us-east-1 has those for CloudFront and Shield:
    https://docs.aws.amazon.com/waf/latest/developerguide/working-with-policies.html
    """

    source = listing("fms", "ListPolicies", "PolicyList", states=States("policy_status", over=["OUT_OF_ADMIN_SCOPE"]))
    policy_id: str
    arn: str = field(name="PolicyArn")
    name: str = field(name="PolicyName")
    policy_status: str = ""
    """`OUT_OF_ADMIN_SCOPE`: another administrator answers for it."""


class EvaluationResult(msgspec.Struct, frozen=True, rename="pascal"):
    """What Firewall Manager has found in an account: `COMPLIANT` or `NON_COMPLIANT`."""

    compliance_status: str


class MemberCompliance(
    Resource, id="member_account", arn="arn:{partition}:fms:{region}:{account_id}:policy/{policy_id}", group="security"
):
    """How an account of the organization stands to a policy; without results it is not evaluated yet."""

    source = listing(
        "fms", "ListComplianceStatus", "PolicyComplianceStatusList", of=FirewallPolicy, PolicyId="policy_id"
    )
    member_account: str
    policy_id: str
    evaluation_results: tuple[EvaluationResult, ...] = ()

    @property
    def is_compliant(self) -> bool:
        """Whether it was evaluated, and all that was found is as the policy says."""
        results = self.evaluation_results
        return bool(results) and all(each.compliance_status == "COMPLIANT" for each in results)
