"""An AWS that lives inside this process: moto's server on a free loopback port."""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self
from unittest.mock import patch

from aioprowler.aws.errors import NOT_IMPLEMENTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
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

_LISTEN_BACKLOG: Final = 1024

_LACKING: Final = "the simulated AWS lacks it"
# Clients of the query protocols look for the first element, those of EC2 for the second, those of S3 for the last two.
_DETAIL: Final = f"<Code>{NOT_IMPLEMENTED}</Code><Message>{_LACKING}</Message>"
_IN_XML: Final = (
    f"<Response><Error>{_DETAIL}</Error><Errors><Error>{_DETAIL}</Error></Errors></Response>",
    f"<Error>{_DETAIL}</Error>",
)
_IN_JSON: Final = json.dumps({"__type": NOT_IMPLEMENTED, "message": _LACKING})
_REST_XML: Final = ("/cloudfront/", "/route53/", "/s3/")
"""Services in the scope of a signature whose protocol that is."""


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
            files: dict[str, bytes] = {}
            self._server = _make_server(files)
            self._changes = _configure_moto(self.endpoint_url, files)
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


def _make_server(files: Mapping[str, bytes]) -> Any:
    """`files`: path -> what is there, beside AWS."""
    try:
        from moto.moto_server.werkzeug_app import (
            DomainDispatcherApplication,
            MotoRequestHandler,
            create_backend_app,
        )
        from werkzeug.exceptions import NotFound
        from werkzeug.serving import make_server
    except ImportError as error:
        raise DemoUnavailableError from error

    class QuietRequestHandler(MotoRequestHandler):
        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Print no line per request."""

    def lacks(page: NotFound) -> NoReturn:
        """For a path that moto does not know it would send a web page."""
        raise NotImplementedError(page.description)

    def create_app(service: Any) -> Any:
        app = create_backend_app(service)
        app.config["PROPAGATE_EXCEPTIONS"] = True
        app.register_error_handler(NotFound, lacks)
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

    application = _serve(files, _name_missing_operations(Dispatcher(create_app)))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=QuietRequestHandler)
    # A scan opens connections by the hundred, more than werkzeug's own backlog holds.
    server.socket.listen(_LISTEN_BACKLOG)
    return server


def _serve(files: Mapping[str, bytes], application: Any) -> Any:
    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if (file := files.get(environ["PATH_INFO"])) is None:
            return application(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/zip"), ("Content-Length", str(len(file)))])
        return [file]

    return answer


def _name_missing_operations(application: Any) -> Any:
    """Answer operations that moto lacks with an error in AWS's words.

    moto itself would print a traceback and send a web page, which clients ask for again and then cannot read.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        try:
            return application(environ, start_response)
        except NotImplementedError:
            body, content_type = _not_implemented(environ)
            headers = [("Content-Type", content_type), ("X-Amzn-Errortype", NOT_IMPLEMENTED)]
            start_response("501 Not Implemented", headers)
            return [body.encode()]

    return answer


def _not_implemented(environ: dict[str, Any]) -> tuple[str, str]:
    """The error in the protocol of the request, and its media type."""
    if any(service in environ.get("HTTP_AUTHORIZATION", "") for service in _REST_XML):
        return _IN_XML[1], "text/xml"
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return _IN_XML[0], "text/xml"
    return _IN_JSON, "application/json"


def _reset_moto() -> None:
    from moto.moto_api._internal.models import moto_api_backend

    moto_api_backend.reset()


def _configure_moto(endpoint_url: str, files: dict[str, bytes]) -> ExitStack:
    """Change moto's settings until the returned stack is closed. What its links lead to is put into the files."""
    from moto import settings
    from moto.awslambda.models import LambdaFunction
    from moto.core.config import default_user_config
    from moto.ecs import models as ecs
    from moto.iam import models as iam
    from moto.iam.aws_managed_policies import aws_managed_policies_data
    from moto.organizations import utils as organizations
    from moto.organizations.models import FakeDelegatedAdministrator as Administrator
    from moto.rds import models as rds
    from moto.sagemaker.models import Model

    policies = _only_common_policies(aws_managed_policies_data)
    next_account_id = _account_ids(organizations.make_random_account_id).__next__
    changes = ExitStack()
    changes.enter_context(patch.dict(default_user_config["iam"], load_aws_managed_policies=True))
    changes.enter_context(patch.object(iam, "aws_managed_policies_data", policies))
    changes.enter_context(patch.object(organizations, "make_random_account_id", next_account_id))
    changes.enter_context(
        patch.object(LambdaFunction, "get_code", _with_link_to(endpoint_url, files, LambdaFunction.get_code))
    )
    # It refuses names that AWS has: settings, default parameter groups, and services to administer.
    changes.enter_context(patch.object(ecs, "UnknownAccountSettingException", NotImplementedError))
    changes.enter_context(patch.object(rds, "DBParameterGroupNotFoundError", NotImplementedError))
    changes.enter_context(patch.object(rds, "DBClusterParameterGroupNotFoundError", NotImplementedError))
    changes.enter_context(patch.object(Administrator, "supported_service", return_value=True))
    described = vars(Model)["response_object"].fget
    changes.enter_context(patch.object(Model, "response_object", property(_without_empty(described))))
    # Amazon's public images cost a tenth of a second per account and region and are never looked at.
    changes.enter_context(patch.object(settings, "ec2_load_default_amis", return_value=False))
    return changes


def _without_empty(describe: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """moto tells an empty VpcConfig of a model without one."""
    return lambda model: {name: value for name, value in describe(model).items() if value != {}}


def _with_link_to(
    endpoint_url: str, files: dict[str, bytes], get_code: Callable[[Any], dict[str, Any]]
) -> Callable[[Any], dict[str, Any]]:
    """moto's link to a function's code leads to AWS."""

    def code_of(function: Any) -> dict[str, Any]:
        told = get_code(function)
        if "Location" in told["Code"]:
            path = f"/code/{hashlib.sha256(function.code_bytes).hexdigest()}"
            files[path] = function.code_bytes
            told["Code"]["Location"] = endpoint_url + path
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
