"""Repositories."""

from __future__ import annotations

from aioprowler import Resource, field, listing


class Repository(
    Resource, id="name", type="AwsEcrRepository", group="container", noun="ECR repository", rename="camel"
):
    """Where images of containers are kept."""

    source = listing("ecr", "DescribeRepositories", "repositories")
    name: str = field(name="repositoryName")
    arn: str = field(name="repositoryArn")
