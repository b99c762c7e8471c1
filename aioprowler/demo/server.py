"""An AWS that lives inside this process: moto's server on a free loopback port."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self
from unittest.mock import patch
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

MANAGEMENT_ACCOUNT_ID: Final = "123456789012"
"""The account moto gives to every access key it did not issue itself."""

MEMBER_ACCOUNT_IDS: Final = ("222222222222", "333333333333")
"""Ids of the first accounts created in the organization; later ones are random."""

AWS_MANAGED_POLICIES: Final = (
    "AWSCloudShellFullAccess",
    "AWSSupportAccess",
    "AdministratorAccess",
    "AmazonEC2ReadOnlyAccess",
    "AmazonRDSReadOnlyAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSSMManagedInstanceCore",
    "IAMFullAccess",
    "IAMUserChangePassword",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecurityAudit",
    "ViewOnlyAccess",
)
"""The AWS-managed policies that exist in the embedded AWS."""

NOT_IMPLEMENTED: Final = "NotImplemented"
"""Error code of the operations that moto does not have."""

_LISTEN_BACKLOG: Final = 1024

# Clients of the query protocols look for the first element, those of EC2 for the second.
_XML_ERROR: Final = (
    "<Response><Error><Code>NotImplemented</Code><Message>{0}</Message></Error>"
    "<Errors><Error><Code>NotImplemented</Code><Message>{0}</Message></Error></Errors></Response>"
)


class DemoUnavailableError(RuntimeError):
    """Raised when moto, an optional dependency, is not installed."""

    def __init__(self) -> None:
        super().__init__("the demo needs moto, which is not installed: pip install 'aioprowler[demo]'")


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key, with a session token if it is a temporary one."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def client_arguments(self) -> dict[str, str | None]:
        """Name the credentials as `boto3.client` and `boto3.Session` do."""
        return {
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
            "aws_session_token": self.session_token,
        }


BASE_CREDENTIALS: Final = Credentials("AKIADEMO000000000000", "demo")
"""An obviously fake access key of the management account."""


class EmbeddedAws:
    """An empty simulated AWS, from `start` to `stop` or for the length of a `with` block.

    moto keeps its state in module globals, so only one instance can run in a process at a time; each one
    starts without any resources and without anything left over from the one before.
    """

    def __init__(self) -> None:
        self._server: Any = None
        self._thread: threading.Thread | None = None
        self._changes = ExitStack()

    @property
    def base_credentials(self) -> Credentials:
        """Credentials of the management account."""
        return BASE_CREDENTIALS

    @property
    def endpoint_url(self) -> str:
        """Base URL to pass as `endpoint_url` to every client."""
        if self._server is None:
            raise RuntimeError("the embedded AWS is not running")
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> Self:
        """Start serving; raise `DemoUnavailableError` without moto."""
        if not _running.acquire(blocking=False):
            raise RuntimeError("an embedded AWS is already running in this process")
        try:
            self._server = _make_server()
            self._changes = _configure_moto(self.endpoint_url)
            _reset_moto()
        except BaseException:
            self._close()
            raise
        # A short poll interval keeps stop() from waiting half a second for nothing.
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="embedded-aws", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and forget all resources; harmless when not running."""
        if self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._thread = None
        _reset_moto()
        self._close()

    def _close(self) -> None:
        if self._server is not None:
            self._server.server_close()
        self._server = None
        self._changes.close()
        _running.release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


_running = threading.Lock()


def _make_server() -> Any:
    try:
        from moto.moto_server.werkzeug_app import (
            DomainDispatcherApplication,
            MotoRequestHandler,
            create_backend_app,
        )
        from werkzeug.serving import make_server
    except ImportError as error:
        raise DemoUnavailableError from error

    class QuietRequestHandler(MotoRequestHandler):
        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Print no line per request."""

    def create_app(service: Any) -> Any:
        app = create_backend_app(service)
        app.config["PROPAGATE_EXCEPTIONS"] = True
        return app

    class Dispatcher(DomainDispatcherApplication):
        def get_backend_for_host(self, host: str | None) -> str | None:
            """Without moto's lines on stdout. Raises NotImplementedError for a service that it does not know."""
            if host and "amazonaws.com" in host:
                url = f"http://{host}"
                if not any(pattern.match(url) for _, pattern in self.backend_url_patterns):
                    raise NotImplementedError(f"moto does not know {host}")
            found: str | None = super().get_backend_for_host(host)
            return found

    application = _name_missing_operations(Dispatcher(create_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=QuietRequestHandler)
    # A scan opens connections by the hundred, more than werkzeug's own backlog holds.
    server.socket.listen(_LISTEN_BACKLOG)
    return server


def _name_missing_operations(application: Any) -> Any:
    """Answer operations that moto lacks with an error in AWS's words.

    moto itself would print a traceback and send a web page, which clients ask for again and then cannot read.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        try:
            return application(environ, start_response)
        except NotImplementedError as error:
            message = str(error) or "not implemented by moto"
            body, content_type = _XML_ERROR.format(escape(message)), "text/xml"
            if "HTTP_X_AMZ_TARGET" in environ:
                body, content_type = json.dumps({"__type": NOT_IMPLEMENTED, "message": message}), "application/json"
            start_response("501 Not Implemented", [("Content-Type", content_type)])
            return [body.encode()]

    return answer


def _reset_moto() -> None:
    from moto.moto_api._internal.models import moto_api_backend

    moto_api_backend.reset()


def _configure_moto(endpoint_url: str) -> ExitStack:
    """Change moto's settings until the returned stack is closed."""
    from moto import settings
    from moto.awslambda.models import LambdaFunction
    from moto.core.config import default_user_config
    from moto.iam import models as iam
    from moto.iam.aws_managed_policies import aws_managed_policies_data
    from moto.organizations import utils as organizations

    policies = _only_common_policies(aws_managed_policies_data)
    next_account_id = _account_ids(organizations.make_random_account_id).__next__
    changes = ExitStack()
    changes.enter_context(patch.dict(default_user_config["iam"], load_aws_managed_policies=True))
    changes.enter_context(patch.object(iam, "aws_managed_policies_data", policies))
    changes.enter_context(patch.object(organizations, "make_random_account_id", next_account_id))
    changes.enter_context(
        patch.object(LambdaFunction, "get_code", _with_link_to(endpoint_url, LambdaFunction.get_code))
    )
    # Amazon's public images cost a tenth of a second per account and region and are never looked at.
    changes.enter_context(patch.object(settings, "ec2_load_default_amis", return_value=False))
    return changes


def _with_link_to(endpoint_url: str, get_code: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """A function's code is nowhere, and moto's link to it leads to AWS."""

    def code_of(function: Any) -> dict[str, Any]:
        told = get_code(function)
        if "Location" in told["Code"]:
            told["Code"]["Location"] = f"{endpoint_url}/code/{function.function_name}"
        return told

    return code_of


def _only_common_policies(every_policy: str) -> str:
    # moto copies all of AWS's policies, over a thousand, for each account and partition: seconds lost.
    documents = json.loads(every_policy)
    return json.dumps({name: documents[name] for name in AWS_MANAGED_POLICIES if name in documents})


def _account_ids(new_random_id: Callable[[], str]) -> Iterator[str]:
    # moto draws an id for the management account too, and then replaces it.
    yield from (MANAGEMENT_ACCOUNT_ID, *MEMBER_ACCOUNT_IDS)
    while True:
        yield new_random_id()
