"""CodeCommit's check: which files are read, and what is said of those that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
import pytest

from aioprowler import Account, Finding, Manual, Pass
from aioprowler.services.codecommit.checks import codecommit_repository_no_secrets
from aioprowler.services.codecommit.resources import BranchSecrets, Repository
from tests.worlds.world import World, error, scan_world

CHECK = "codecommit_repository_no_secrets"
FOUND = b"password = tr0ub4dor"


def world(files: Mapping[str, bytes | Exception], **more: Any) -> World:
    """A repository with these files at the tip of its default branch; equal ones have the same blob."""

    def folder(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        here = params["folderPath"].rstrip("/") + "/"
        below = {path.removeprefix(here): path for path in files if path.startswith(here)}
        return {
            "subFolders": [{"absolutePath": here + each} for each in {k.split("/")[0] for k in below if "/" in k}],
            "files": [
                {"absolutePath": path, "blobId": str(files[path])} for name, path in below.items() if "/" not in name
            ],
        }

    def blob(_account: Account, _region: str, params: dict[str, Any]) -> Any:
        content = next(each for each in files.values() if str(each) == params["blobId"])
        return content if isinstance(content, Exception) else {"content": content}

    told = {"repositoryName": "web", "defaultBranch": "main"}
    return World(
        {
            ("codecommit:ListRepositories", "us-east-1"): {"repositories": [{"repositoryName": "web"}]},
            "codecommit:BatchGetRepositories": {"repositories": [told]},
            "codecommit:GetBranch": {"branch": {"commitId": "c0ffee"}},
            "codecommit:GetFolder": folder,
            "codecommit:GetBlob": blob,
            **{f"codecommit:{name}": reply for name, reply in more.items()},
        }
    )


def scanned(aws: World, **config: Any) -> Finding:
    async def run() -> list[Finding]:
        return await scan_world(aws, CHECK, config=config)

    (found,) = anyio.run(run)
    return found


TOO_LARGE = error("FileTooLargeException", "The file is too large.")
DENIED = error("AccessDeniedException", "not authorized")


def test_files_in_folders_are_read_and_equal_ones_once() -> None:
    aws = world({"/a.py": b"x", "/src/b.py": b"x", "/src/deep/c.py": FOUND, "/src/deep/d.py": b"y"})
    found = scanned(aws)
    assert found.status == "FAIL"
    assert "/src/deep/c.py: Password" in found.status_detail
    assert "tr0ub4dor" not in found.status_detail
    assert aws.calls["codecommit:GetBlob"] == 3


@pytest.mark.parametrize("content", [b"fine", b"\xff\xfe\x00 binary", b""])
def test_a_repository_without_secrets(content: bytes) -> None:
    assert scanned(world({"/a": content})).status == "PASS"


def test_a_secret_in_a_file_that_is_no_utf8() -> None:
    assert scanned(world({"/a": b"\xff " + FOUND})).status == "FAIL"


def test_ignored_files_are_not_read() -> None:
    aws = world({"/src/app.deps.json": FOUND})
    assert scanned(aws, secrets_ignore_files=["*.deps.json"]).status == "PASS"
    assert aws.calls["codecommit:GetBlob"] == 0


def test_a_file_that_is_too_large_leaves_it_to_a_person() -> None:
    found = scanned(world({"/data.bin": TOO_LARGE, "/a": b"x"}))
    assert found.status == "MANUAL"
    assert "/data.bin" in found.status_detail
    assert scanned(world({"/data.bin": TOO_LARGE, "/a": FOUND})).status == "FAIL"


@pytest.mark.parametrize("operation", ["GetBranch", "GetFolder", "GetBlob"])
def test_what_is_denied_is_no_verdict(operation: str) -> None:
    found = scanned(world({"/a": b"x"}, **{operation: DENIED}))
    assert found.status == "MANUAL"
    assert f"codecommit:{operation}" in found.status_detail


def test_a_secret_counts_though_another_file_is_denied() -> None:
    assert scanned(world({"/a": FOUND, "/b/c": DENIED})).status == "FAIL"


@pytest.mark.parametrize(
    "more",
    [
        {"BatchGetRepositories": {"repositories": [{"repositoryName": "web"}]}},
        {"GetBranch": error("BranchDoesNotExistException", "no such branch")},
    ],
)
def test_a_repository_without_a_branch_has_nothing_in_it(more: Mapping[str, Any]) -> None:
    aws = world({"/a": FOUND}, **more)
    assert scanned(aws).status == "PASS"
    assert aws.calls["codecommit:GetFolder"] == 0


def test_a_repository_whose_key_is_gone_is_no_verdict() -> None:
    unanswered = {"repositoryName": "web", "errorCode": "EncryptionKeyDisabledException"}
    assert scanned(world({}, BatchGetRepositories={"repositories": [], "errors": [unanswered]})).status == "MANUAL"


def test_verdicts() -> None:
    repository = Repository(name="web")
    assert isinstance(codecommit_repository_no_secrets(repository, BranchSecrets()), Pass)
    assert isinstance(codecommit_repository_no_secrets(repository, BranchSecrets(unreadable=("/a",))), Manual)
