"""Parse and judge AWS policy documents: identity policies, and the policies of buckets, keys, endpoints and roles.

Pure functions over immutable values: nothing here talks to AWS. The questions asked are those of a scanner ("can a
stranger get in?", "does this make its holder an administrator?"), not those of the authorization engine, which knows
the request. What a document leaves open is therefore read against the policy: an Allow counts whatever its conditions
unless they tie it to somebody in particular, a Deny counts only if it is certain to apply to all that is allowed.

Sources, by the title of the AWS documentation page: "IAM JSON policy elements reference" and "Grammar of the IAM JSON
policy language" (shape), "Policy evaluation logic" (an explicit deny wins), "IAM JSON policy elements: Condition
operators" and "AWS global condition context keys" (conditions), "Blocking public access to your Amazon S3 storage",
section "The meaning of public" (public access).
"""

from aioprowler.judging.policies.callers import Outsiders, foreign_access, outsiders_among, public_access
from aioprowler.judging.policies.conditions import tied_by
from aioprowler.judging.policies.documents import Condition, Policy, PolicyError, Principal, Statement
from aioprowler.judging.policies.power import has_full_service_access, is_certain_admin, is_full_admin
from aioprowler.judging.policies.transport import requires_secure_transport
from aioprowler.judging.policies.wildcards import Selector, matches, may_match

__all__ = [
    "Condition",
    "Outsiders",
    "Policy",
    "PolicyError",
    "Principal",
    "Selector",
    "Statement",
    "foreign_access",
    "has_full_service_access",
    "is_certain_admin",
    "is_full_admin",
    "matches",
    "may_match",
    "outsiders_among",
    "public_access",
    "requires_secure_transport",
    "tied_by",
]
