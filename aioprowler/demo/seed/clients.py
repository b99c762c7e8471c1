"""boto3 clients for the accounts of the simulated organization."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

import boto3
from botocore.config import Config

from aioprowler.demo.server import BASE_CREDENTIALS, Credentials

if TYPE_CHECKING:
    from types import TracebackType

HOME_REGION: Final = "us-east-1"
SECOND_REGION: Final = "eu-west-1"

# A proxy from the environment must not see calls to the loopback interface.
_CONFIG: Final = Config(proxies={}, inject_host_prefix=False, retries={"total_max_attempts": 1})


@dataclass(slots=True)
class Clients:
    """The clients of one account, created when first asked for and closed together."""

    endpoint_url: str
    account_id: str
    credentials: Credentials = BASE_CREDENTIALS
    session: Any = field(default_factory=boto3.Session)
    _open: dict[tuple[str, str], Any] = field(default_factory=dict)
    _resources: ExitStack = field(default_factory=ExitStack)

    def __call__(self, service: str, region: str = HOME_REGION) -> Any:
        """Return the client of a service in a region."""
        client = self._open.get((service, region))
        if client is None:
            client = self.session.client(
                service,
                region_name=region,
                endpoint_url=self.endpoint_url,
                config=_CONFIG,
                **self.credentials.client_arguments(),
            )
            client.meta.events.register("before-sign.s3-control", self._keep_host)
            self._open[service, region] = self._resources.enter_context(closing(client))
        return client

    def assume(self, role_arn: str, account_id: str) -> Clients:
        """Return clients that act as a role of another account."""
        reply = self("sts").assume_role(RoleArn=role_arn, RoleSessionName="aioprowler-demo-seed")
        issued = reply["Credentials"]
        credentials = Credentials(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])
        return Clients(self.endpoint_url, account_id, credentials, self.session)

    def _keep_host(self, request: Any, **_: Any) -> None:
        # S3 Control puts the account id in front of the host, but an IP address has no subdomains.
        request.url = request.url.replace(f"://{self.account_id}.", "://", 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._resources.close()
