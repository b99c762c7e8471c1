from __future__ import annotations

import msgspec

from aioprowler import Fail, Pass
from aioprowler.declarations.sources import Secret
from aioprowler.services.amplify.checks import amplify_app_no_secrets_in_environment
from aioprowler.services.amplify.resources import App, AppSecrets, Branches, texts_of

APP = {"appId": "d1", "appArn": "arn:d1", "name": "shop"}


def test_all_that_is_written_into_an_app_is_looked_into() -> None:
    told = {
        **APP,
        "environmentVariables": {"A": "1"},
        "buildSpec": "version: 1",
        "autoBranchCreationConfig": {"environmentVariables": {"N": "2"}, "buildSpec": "version: 2"},
    }
    branches = {"branches": [{"branchName": "main", "environmentVariables": {"A": "3"}}, {"branchName": "dev"}]}
    texts = texts_of(msgspec.convert(told, App), msgspec.convert(branches, Branches))
    assert texts == {
        "variable A": '"A": "1"',
        "build specification": "version: 1",
        "variable N of new branches": '"N": "2"',
        "build specification of new branches": "version: 2",
        "variable A of branch main": '"A": "3"',
    }
    assert texts_of(msgspec.convert(APP, App), Branches(branches=())) == {}


def test_secrets_are_told_by_their_place() -> None:
    app = msgspec.convert(APP, App)
    found = AppSecrets(secrets={"build specification": (Secret("Generic Password", 7),)})
    verdict = amplify_app_no_secrets_in_environment(app, found)
    assert isinstance(verdict, Fail)
    assert verdict.detail.endswith("may hold secrets: build specification: Generic Password on line 7.")
    assert isinstance(amplify_app_no_secrets_in_environment(app, AppSecrets()), Pass)
