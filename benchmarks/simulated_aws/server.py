"""The simulated AWS: from a request to what happens on its connection."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from benchmarks.simulated_aws import inventory, rendering
from benchmarks.simulated_aws.buckets import Buckets, Key
from benchmarks.simulated_aws.config import Config
from benchmarks.simulated_aws.errors import AwsError, Trouble, trouble
from benchmarks.simulated_aws.faults import Faults, Rule
from benchmarks.simulated_aws.identity import Caller, Identities, identity
from benchmarks.simulated_aws.inventory.compute import PACKAGES, package
from benchmarks.simulated_aws.inventory.world import World
from benchmarks.simulated_aws.latency import Latencies
from benchmarks.simulated_aws.paging import cut, is_whole, page_number
from benchmarks.simulated_aws.protocol import Connection, Outcome, Request
from benchmarks.simulated_aws.rendering import Place, Template, place
from benchmarks.simulated_aws.routing import Call, operation_model, protocol_of, resolve, warm_up
from benchmarks.simulated_aws.statistics import Statistics

CONTROL: Final = "/_simulated/"
TEMPLATE_BYTES: Final = 256 * 1024 * 1024
"""Of replies that are kept; then the oldest half of them goes."""
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_IN_URL = re.compile(r"X-Amz-Credential=([^%]+)%2F\d{8}%2F([^%]+)%2F([^%]+)%2Faws4_request")
_STATUS_TROUBLES: Final[dict[int, Trouble]] = {500: "500", 503: "503"}


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all requests that differ in account, region and salt only."""

    service: str
    protocol: str
    operation: str
    unpaged: bool
    page: int
    template: Template | None
    """None: the reply depends on the caller."""
    call: Call | None
    modelled: bool = True

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"


class Simulation:
    """Everything but the sockets."""

    def __init__(self, config: Config, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self.statistics = Statistics()
        self._buckets = Buckets(clock, config.quotas, config.enforce_quotas)
        self._faults = Faults(config.faults, config.seed)
        self._latencies = Latencies(config.latency, config.seed)
        self._identities = Identities(config, time.time)
        self._worlds: dict[tuple[object, ...], World] = {}
        self._known: dict[tuple[object, ...], _Known] = {}
        self._known_bytes = 0

    def bound(self, port: int) -> None:
        """Told the port before anybody connects."""
        self._config = msgspec.structs.replace(self._config, port=port)

    # ------------------------------------------------------------- connections
    def connected(self) -> None:
        self.statistics.connected()

    def disconnected(self) -> None:
        self.statistics.disconnected()

    def answer(self, request: Request) -> Outcome:
        if request.target.startswith(PACKAGES):
            body = package(request.target.removeprefix(PACKAGES))
            head, body = rendering.plain(200, "application/zip", body).fill(place("0" * 12, "none"))
            return Outcome(head + body)
        if request.target.startswith(CONTROL):
            return self._control(request)
        scope = _CREDENTIAL.search(request.headers.get("authorization", "")) or _IN_URL.search(request.target)
        if scope is None:
            return self._refuse(trouble("no_key", "s3", "rest-xml"), "s3", "rest-xml", request)
        access_key, region, signing_name = scope.groups()
        caller = self._identities.caller(access_key, request.headers.get("x-amz-security-token"))
        kind: Trouble | None = "expired" if self._identities.is_expired(caller) else None
        if self._config.position(caller.account) < 0:
            kind = "invalid_key"
        if kind is None and region not in inventory.ALWAYS_ENABLED and region not in self._config.regions:
            kind = "invalid_key"
        if kind is not None:
            service, protocol = _spoken_to(request, signing_name)
            return self._refuse(trouble(kind, service, protocol), service, protocol, request)
        where = place(caller.account, region)
        try:
            known = self._know(request, where, caller, region, signing_name)
        except AwsError as error:
            service, protocol = protocol_of(signing_name)
            self.statistics.unknown[f"{signing_name} {request.method} {request.target.partition('?')[0]}"] += 1
            return self._refuse(error, service, protocol, request)
        return self._answer(known, where, caller, region)

    def _refuse(self, error: AwsError, service: str, protocol: str, request: Request) -> Outcome:
        self.statistics.refused[error.code] += 1
        head, body = rendering.refusal(error, service, protocol, request.method).fill(place("0" * 12, "none"))
        return Outcome(head + body)

    # ------------------------------------------------------------------ a call
    def _answer(self, known: _Known, where: Place, caller: Caller, region: str) -> Outcome:
        asked = self.statistics.asked(known.name)
        asked.calls += 1
        self.statistics.accounts[caller.account] += 1
        self.statistics.began()
        if not known.modelled:
            self.statistics.unmodelled[known.name] += 1
        lease = self._buckets.take(caller.account, region, known.service, known.operation, known.unpaged)
        delay = self._latencies.draw(known.service)
        if lease is None:
            asked.throttled += 1
            return self._outcome(self._error("throttled", known), where, delay, None)
        rule = self._faults.find(
            known.service, known.operation, _account_of(known, caller.account), region, known.page
        ) if self._faults.rules else None  # fmt: skip
        if rule is not None:
            self.statistics.faults[rule.kind] += 1
            if rule.kind == "throttle":
                asked.throttled += 1
            elif rule.kind != "slow":
                asked.failed += 1
            return self._mishap(rule, known, where, caller, delay, lease)
        template = known.template or self._personal(known, caller)
        if template.status >= 300:
            asked.failed += 1
        return self._outcome(template, where, delay, lease)

    def _outcome(self, template: Template, where: Place, delay: float, lease: Key | None) -> Outcome:
        head, body = template.fill(where)
        data = head + body
        self.statistics.sent += len(data)
        return Outcome(data, delay, "keep", self._end(lease))

    def _end(self, lease: Key | None) -> Callable[[], None]:
        def end() -> None:
            self.statistics.ended()
            if lease is not None:
                self._buckets.release(lease)

        return end

    def _error(self, kind: Trouble, known: _Known, message: str = "") -> Template:
        error = trouble(kind, known.service, known.protocol, message)
        return rendering.refusal(error, known.service, known.protocol, _method(known))

    def _personal(self, known: _Known, caller: Caller) -> Template:
        """The reply to a call whose answer is made for the caller alone: STS's."""
        assert known.call
        try:
            return rendering.reply(known.call, self._sts(known.operation, caller, known.call.params))
        except AwsError as error:
            return rendering.refusal(error, known.service, known.protocol)

    def _sts(self, operation: str, caller: Caller, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "AssumeRole":
            return self._identities.assume(caller, params)
        if operation == "GetSessionToken":
            return self._identities.session_token(caller, params)
        return identity(caller)

    # ----------------------------------------------------------------- mishaps
    def _mishap(
        self, rule: Rule, known: _Known, where: Place, caller: Caller, delay: float, lease: Key | None
    ) -> Outcome:
        if rule.kind == "black_hole":
            return Outcome(then="silence", done=self._end(lease))
        if rule.kind == "reset":
            return Outcome(then="reset", delay=delay, done=self._end(lease))
        if rule.kind in ("slow", "half", "malformed"):
            template = known.template or self._personal(known, caller)
            outcome = self._outcome(template, where, delay, lease)
            if rule.kind == "slow":
                outcome.delay += rule.seconds
            elif rule.kind == "half":
                head, body = outcome.data.split(b"\r\n\r\n", 1)
                outcome.data = head + b"\r\n\r\n" + body[: len(body) // 2] if body else head[: len(head) // 2]
                outcome.then = "close"
            else:
                outcome.data = _malformed(template, where)
            return outcome
        return self._outcome(self._refusal(rule, known, caller), where, delay, lease)

    def _refusal(self, rule: Rule, known: _Known, caller: Caller) -> Template:
        """The error that a rule asks for."""
        if rule.kind == "error" and rule.status not in _STATUS_TROUBLES:
            return rendering.plain(rule.status, "text/html", b"<html><body><h1>Bad Gateway</h1></body></html>")
        if rule.kind == "expired":
            self._identities.revoke(caller)
        kinds: dict[str, Trouble] = {
            "throttle": "throttled", "denied": "denied", "scp": "denied", "expired": "expired",
            "region_disabled": "invalid_key",
        }  # fmt: skip
        kind = kinds.get(rule.kind) or _STATUS_TROUBLES[rule.status]
        error = trouble(kind, known.service, known.protocol)
        if kind == "denied":
            error.message = _denial(known, caller, by_scp=rule.kind == "scp")
        error.code = rule.code or error.code
        return rendering.refusal(error, known.service, known.protocol, _method(known))

    # ---------------------------------------------------------------- requests
    def _know(self, request: Request, where: Place, caller: Caller, region: str, signing_name: str) -> _Known:
        """The request's template, made when first needed. Raises AwsError for what is no operation."""
        keeps_region = signing_name == "s3"
        world = self._world(caller.account, region, keeps_region)
        host = where.generalize(request.headers.get("host", "").encode(), keeps_region) if keeps_region else b""
        key = (
            world,
            signing_name,
            request.method,
            where.generalize(request.target.encode(), keeps_region),
            where.generalize(request.body, keeps_region),
            request.headers.get("x-amz-target"),
            request.headers.get("x-amz-account-id") == caller.account,
            host,
        )
        known = self._known.get(key)
        if known is None:
            headers = {**request.headers, "host": host.decode()}
            general = Request(request.method, key[3].decode(), headers, key[4])
            known = self._known[key] = self._learn(general, world, signing_name)
            self._known_bytes += _size(known) + len(key[3]) + len(key[4])
            if self._known_bytes > TEMPLATE_BYTES:
                self._forget()
        return known

    def _learn(self, request: Request, world: World, signing_name: str) -> _Known:
        call = resolve(request, signing_name)
        service, operation = call.service, call.operation
        personal = service == "sts" and operation in ("AssumeRole", "GetSessionToken", "GetCallerIdentity")
        if personal:
            return _Known(service, call.protocol, operation, False, 0, None, call)
        modelled = inventory.is_modelled(call)
        try:
            page_told = cut(call, inventory.answer(world, call))
            template = rendering.reply(
                call, inventory.filled(world, call, page_told) if self._config.full else page_told
            )
            page = page_number(call)
        except AwsError as error:
            template, page = rendering.refusal(error, service, call.protocol, request.method), 0
        return _Known(service, call.protocol, operation, is_whole(call), page, template, None, modelled)

    def _world(self, account: str, region: str, keeps_region: bool) -> World:
        """What is in the account and region. Accounts of one kind have one world, with placeholders."""
        is_full = region in self._config.regions
        is_management = account == self._config.management_account
        key = (int(account) % self._config.variants, region if keeps_region else "", is_full, is_management)
        world = self._worlds.get(key)
        if world is None:
            world = self._worlds[key] = World(
                self._config,
                variant=int(account) % self._config.variants,
                region=region if keeps_region else rendering.REGION,
                is_full=is_full,
                is_management=is_management,
            )
        return world

    def _forget(self) -> None:
        for key in list(self._known)[: len(self._known) // 2]:
            self._known_bytes -= _size(self._known.pop(key))

    # ----------------------------------------------------------------- control
    def _control(self, request: Request) -> Outcome:
        """`statistics` (GET, POST sets back) and `faults` (GET, POST of a list of rules)."""
        try:
            body = msgspec.json.encode(self._controlled(request))
            status = 200
        except (msgspec.ValidationError, msgspec.DecodeError, LookupError) as error:
            body, status = msgspec.json.encode({"error": str(error)}), 400
        head, body = rendering.plain(status, "application/json", body).fill(place("0" * 12, "none"))
        return Outcome(head + body)

    def _controlled(self, request: Request) -> object:
        """Raises msgspec's errors for rules that are none, LookupError for another path."""
        name = request.target.removeprefix(CONTROL)
        if name == "faults":
            if request.method == "POST":
                self._faults.replace(msgspec.json.decode(request.body, type=tuple[Rule, ...]))
            return self._faults.rules
        if name != "statistics":
            raise LookupError(f"there is no {request.target}")
        report = self.statistics.report(self._buckets.use, {"count": len(self._known), "bytes": self._known_bytes})
        if request.method == "POST":
            self.statistics.reset()
            self._buckets.reset()
        return report


def _spoken_to(request: Request, signing_name: str) -> tuple[str, str]:
    """The service and its protocol: some that speak otherwise share the name that requests are signed for."""
    try:
        call = resolve(request, signing_name)
    except AwsError:
        return protocol_of(signing_name)
    return call.service, call.protocol


def _method(known: _Known) -> str:
    method: str = operation_model(known.service, known.operation).http.get("method", "POST")
    return method


def _size(known: _Known) -> int:
    return (known.template.size if known.template else 1000) + 500


def _account_of(known: _Known, account: str) -> str:
    """Whose call it is to a rule: entering an account belongs to that account."""
    if known.operation == "AssumeRole" and known.call:
        return str(known.call.params.get("RoleArn", "")).split(":", 5)[-2:][0]
    return account


def _denial(known: _Known, caller: Caller, by_scp: bool) -> str:
    denied = f"User: {caller.arn} is not authorized to perform: {known.name}"
    if by_scp:
        return f"{denied} with an explicit deny in a service control policy"
    return f"{denied} because no identity-based policy allows the {known.name} action"


def _malformed(template: Template, where: Place) -> bytes:
    """A reply of the right length that breaks off within its text. A refusal is whole: one that cannot be read is not
    asked for again, as it would be no other the next time, and so is no mishap that passes.
    """
    head, body = template.fill(where)
    if not head.startswith(b"HTTP/1.1 2"):
        return head + body
    broken = body[: len(body) // 2] + b"\x00<&" + b"!" * (len(body) - len(body) // 2 - 3)
    return head + broken[: len(body)]


async def serve(config: Config, tls: ssl.SSLContext | None, ready: Callable[[str], None]) -> None:
    """Serve until cancelled; `ready` is told the URL."""
    warm_up((*inventory.SERVICES, "sts"))
    simulation = Simulation(config)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(simulation), config.host, config.port, ssl=tls, backlog=4096, reuse_address=True
    )
    port = server.sockets[0].getsockname()[1]
    simulation.bound(port)
    ready(f"{'https' if tls else 'http'}://{config.host}:{port}")
    async with server:
        await server.serve_forever()
