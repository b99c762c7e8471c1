"""What users and roles may do by all their policies: their own, attached ones, and those of their groups."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import msgspec

from aioprowler import All, UnreadableError, derive
from aioprowler.judging.policies import Policy, Statement
from aioprowler.services.iam.resources import AwsPolicy, CustomerPolicy, Group, PolicyHolder, Role, User


class ManagedPolicies(msgspec.Struct, frozen=True):
    """What the managed policies in use say, by their ARN."""

    documents: dict[str, Policy]

    def of(self, *holders: PolicyHolder) -> tuple[Policy, str]:
        """All policies of a user or role as one, and why one of them is not in it: AWS did not list it, as where it was
        attached while the scan ran, or it cannot be read. Empty: all are.
        """
        statements: list[Statement] = []
        unread = ""
        for name, document in chain.from_iterable(map(self._documents, holders)):
            if document is None:
                unread = f"{name}, which is not among the policies that AWS lists with a version in force"
            elif document.fault:
                unread = f"{name}, which cannot be read: {document.fault}"
            else:
                statements += document.statements
        return Policy(tuple(statements)), unread

    def _documents(self, holder: PolicyHolder) -> Iterable[tuple[str, Policy | None]]:
        """The policies of one holder, each as sentences name it."""
        for attached in holder.attached_managed_policies:
            told = f"{holder.label} has the policy {attached.policy_name} ({attached.policy_arn})"
            yield told, self.documents.get(attached.policy_arn)
        for inline in holder.inline_policies:
            yield f"{holder.label} has the inline policy {inline.policy_name}", inline.policy_document


@derive
def managed_policies(customer: All[CustomerPolicy], aws: All[AwsPolicy]) -> ManagedPolicies:
    """Documents by the policies' ARNs, AWS's own among them."""
    found = (*customer, *aws)
    return ManagedPolicies({policy.arn: document for policy in found if (document := policy.in_force)})


class Permissions(msgspec.Struct, frozen=True):
    """All that the policies of a user or role say, as one policy. Boundaries and the organization's are left out.

    Its questions raise UnreadableError where no policy that is known says so, and another one may.
    """

    policy: Policy
    unread: str = ""

    def may_reach(self, *services: str) -> bool:
        """Whether an action of one of the services is allowed, be it denied elsewhere or not."""
        return self._found(any(grant.actions.touches(service) for grant in self.policy.grants for service in services))

    def reach_beyond(self, *services: str) -> bool:
        """Whether an action of any other service is allowed, and not certainly denied."""
        denials = self.policy.certain_denials
        examples = (action for grant in self.policy.grants for action in _examples(grant))
        beyond = (action for action in examples if action.partition(":")[0] not in services)
        return self._found(any(not any(denial.covers_action(action) for denial in denials) for action in beyond))

    def _found(self, found: bool) -> bool:
        if not found and self.unread:
            raise UnreadableError(self.unread)
        return found


class UserPermissions(Permissions, frozen=True):
    """A user's, with those of its groups."""


class RolePermissions(Permissions, frozen=True):
    """A role's."""


@derive
def user_permissions(user: User, groups: All[Group], managed: ManagedPolicies) -> UserPermissions:
    """Those of the user's groups are the user's as well."""
    return UserPermissions(*managed.of(user, *(group for group in groups if group.name in user.group_list)))


@derive
def role_permissions(role: Role, managed: ManagedPolicies) -> RolePermissions:
    """What the policies of a role allow."""
    return RolePermissions(*managed.of(role))


# No policy spells NUL, so that only a wildcard matches these.
_ANY_RUN, _ANY_LETTER = "\0\0\0", "\0"


def _examples(grant: Statement) -> Iterable[str]:
    """An action in lower case for each pattern of the statement."""
    if grant.actions.negated:
        return filter(grant.covers_action, [f"{_ANY_RUN}:{_ANY_RUN}"])
    return [pattern.lower().replace("*", _ANY_RUN).replace("?", _ANY_LETTER) for pattern in grant.actions.patterns]
