"""Repositories, and the secrets in them."""

from __future__ import annotations

from typing import Any, Final

import anyio

from aioprowler import Aws, Facet, Failure, Resource, SecretScanner, batch, listing, source
from aioprowler.judging.secrets import FoundSecrets, IgnoredFiles, Search, SecretSettings, searching

AT_ONCE: Final = 8
"""Files of a folder that are read at the same time."""


class Repository(
    Resource,
    id="name",
    arn="arn:{partition}:codecommit:{region}:{account_id}:{name}",
    rename={"name": "repositoryName", "default_branch": "defaultBranch"},
    type="AwsCodeCommitRepository",
    group="devops",
    noun="CodeCommit repository",
    gone=["RepositoryDoesNotExistException"],
):
    """Code and its history."""

    source = listing(
        "codecommit",
        "ListRepositories",
        "repositories",
        detail=batch(
            "codecommit",
            "BatchGetRepositories",
            "repositories",
            ids="repositoryNames",
            owner_key="name",
            reply_key="repositoryName",
            unanswered="errors[].repositoryName",
        ),
    )
    name: str
    default_branch: str | None = None
    """None in a repository without any commit
    (https://docs.aws.amazon.com/codecommit/latest/APIReference/API_RepositoryMetadata.html)."""


@source("codecommit:GetBranch", "codecommit:GetFolder", "codecommit:GetBlob")
async def secrets_of_branch(
    repository: Repository, aws: Aws, scanner: SecretScanner, settings: SecretSettings, ignored: IgnoredFiles
) -> FoundSecrets | Failure:
    """One call for each folder, and one for each file, of which equal ones are read once."""
    if not repository.default_branch:
        return FoundSecrets()
    asked = {"repositoryName": repository.name, "branchName": repository.default_branch}
    branch = await aws.find("codecommit", "GetBranch", ["BranchDoesNotExistException"], **asked)
    if branch is None or isinstance(branch, Failure):
        return branch or FoundSecrets()
    async with searching(scanner, settings) as search:
        reading = _Reading(repository.name, branch["branch"]["commitId"], aws, ignored, search)
        await reading.read()
    found = search.found(reading.gap)
    if isinstance(found, Failure):
        return found
    return FoundSecrets(found.secrets, tuple(reading.too_large), gap=found.gap)


class _Reading:
    """The files of a commit, folder by folder. What could not be read ends it; what is too large does not."""

    def __init__(self, name: str, commit: str, aws: Aws, ignored: IgnoredFiles, search: Search) -> None:
        self._name = name
        self._commit = commit
        self._aws = aws
        self._ignored = ignored
        self._search = search
        self._turns = anyio.Semaphore(AT_ONCE)
        self._seen: set[str] = set()
        self.too_large: list[str] = []
        self.gap: Failure | None = None

    async def read(self) -> None:
        known = {"/"}
        folders = ["/"]
        while folders and self.gap is None:
            folder = await self._ask("GetFolder", commitSpecifier=self._commit, folderPath=folders.pop())
            if isinstance(folder, dict):
                new = {each["absolutePath"] for each in folder.get("subFolders") or ()} - known
                known |= new
                folders += sorted(new, reverse=True)
                await self._read_files(folder.get("files") or ())

    async def _read_files(self, files: Any) -> None:
        async with anyio.create_task_group() as tasks:
            for file in files:
                path, blob = file["absolutePath"], file["blobId"]
                if blob not in self._seen and not self._ignored.has(path.lstrip("/")):
                    self._seen.add(blob)
                    tasks.start_soon(self._read_file, path, blob)

    async def _read_file(self, path: str, blob: str) -> None:
        async with self._turns:
            if self.gap is not None:
                return
            found = await self._ask("GetBlob", blobId=blob)
            if isinstance(found, dict):
                await self._search.add(path, _text(found["content"]))
            elif found:
                self.too_large.append(path)

    async def _ask(self, operation: str, **params: Any) -> dict[str, Any] | str:
        """The reply; an error code of a file that is too large; empty where it is a gap."""
        found = await self._aws.answer(
            "codecommit", operation, ["FileTooLargeException"], repositoryName=self._name, **params
        )
        if isinstance(found, Failure):
            self.gap = self.gap or found
            return ""
        return found


def _text(content: bytes) -> str:
    """Of whichever encoding, for what gives secrets away is ASCII."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


class BranchSecrets(FoundSecrets, Facet[Repository]):
    """What the files at the tip of the default branch give away; unreadable are those that AWS does not hand out."""

    source = secrets_of_branch
