"""Apps and their branches, with what is written into them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from aioprowler import Facet, Resource, call, field, listing
from aioprowler.judging.secrets import FoundSecrets, secrets_in, variables


class BuildSettings(msgspec.Struct, frozen=True, rename="camel"):
    """What builds are given. What is not set is left out."""

    environment_variables: Mapping[str, str] = {}
    build_spec: str = ""


class App(Resource, id="app_id", type="AwsAmplifyApp", group="security", noun="Amplify app", rename="camel",
          gone=["NotFoundException"]):  # fmt: skip
    """Something that Amplify builds and serves."""

    source = listing("amplify", "ListApps", "apps")
    app_id: str
    arn: str = field(name="appArn")
    name: str
    environment_variables: Mapping[str, str] = {}
    build_spec: str = ""
    new_branches: BuildSettings = field(name="autoBranchCreationConfig", default=BuildSettings())
    """What branches are given that Amplify adds by itself."""


class Branch(msgspec.Struct, frozen=True, rename="camel"):
    """A branch of its code, with what its builds are given besides, or in the place of it."""

    branch_name: str
    environment_variables: Mapping[str, str] = {}
    build_spec: str = ""


class Branches(Facet[App], rename="camel"):
    """All branches of an app."""

    source = call("amplify", "ListBranches", appId="app_id", pages=True)
    branches: tuple[Branch, ...]


def texts_of(app: App, branches: Branches) -> dict[str, str]:
    """All that is written into an app, by its place."""
    texts = _texts(app.environment_variables, app.build_spec)
    new = app.new_branches
    texts |= _texts(new.environment_variables, new.build_spec, " of new branches")
    for each in branches.branches:
        texts |= _texts(each.environment_variables, each.build_spec, f" of branch {each.branch_name}")
    return texts


def _texts(values: Mapping[str, str], build_spec: str, of_what: str = "") -> dict[str, str]:
    named = {f"{place}{of_what}": text for place, text in variables(values).items()}
    return named | ({f"build specification{of_what}": build_spec} if build_spec else {})


class AppSecrets(FoundSecrets, Facet[App]):
    """What the settings of an app and its branches give away."""

    source = secrets_in(texts_of)
