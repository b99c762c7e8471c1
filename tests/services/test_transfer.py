from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.services.transfer.checks import (
    transfer_server_fips_security_policy_enabled,
    transfer_server_in_transit_encryption_enabled,
    transfer_server_pqc_ssh_kex_enabled,
)
from aioprowler.services.transfer.resources import Server, ServerSettings
from tests.services.made import made
from tests.worlds.world import World, findings_of

HOME = "us-east-1"
SERVER = made(Server, server_id="s-1")
FIPS = "transfer_server_fips_security_policy_enabled"
FTP = "transfer_server_in_transit_encryption_enabled"


def settings(policy: str = "TransferSecurityPolicy-2024-01", protocols: tuple[str, ...] = ("SFTP",)) -> ServerSettings:
    return ServerSettings(security_policy_name=policy, protocols=protocols)


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        ("TransferSecurityPolicy-FIPS-2024-01", Pass),
        ("TransferSecurityPolicy-FIPS-2031-12", Pass),
        ("TransferSecurityPolicy-2024-01", Fail),
        ("TransferSecurityPolicy-NOFIPS-2024-01", Fail),
    ],
)
def test_fips(policy: str, verdict: type) -> None:
    assert isinstance(transfer_server_fips_security_policy_enabled(SERVER, settings(policy)), verdict)


@pytest.mark.parametrize(
    ("protocols", "verdict"),
    [
        (("SFTP",), Pass),
        (("SFTP", "FTPS", "AS2"), Pass),
        (("FTP",), Fail),
        (("SFTP", "FTP", "GOPHER"), Fail),
        (("SFTP", "GOPHER"), Manual),
        ((), Manual),
    ],
)
def test_plain_ftp(protocols: tuple[str, ...], verdict: type) -> None:
    assert isinstance(transfer_server_in_transit_encryption_enabled(SERVER, settings(protocols=protocols)), verdict)


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [("TransferSecurityPolicy-2025-03", Pass), ("TransferSecurityPolicy-2024-01", Fail), ("", Fail)],
)
def test_post_quantum_key_exchange(policy: str, verdict: type) -> None:
    assert isinstance(transfer_server_pqc_ssh_kex_enabled(SERVER, settings(policy)), verdict)
    other = transfer_server_pqc_ssh_kex_enabled(SERVER, settings(policy), transfer_pqc_ssh_allowed_policies=[policy])
    assert isinstance(other, Pass)


def test_what_is_not_told_is_not_judged_and_the_rest_is() -> None:
    arn = "arn:aws:transfer:us-east-1:123456789012:server/s-1"
    world = World(
        {
            ("transfer:ListServers", HOME): {"Servers": [{"ServerId": "s-1", "Arn": arn}]},
            ("transfer:DescribeServer", HOME): {"Server": {"Arn": arn, "Protocols": ["FTP"]}},
        }
    )
    found = {each.check_id: each.status for each in findings_of(world, FIPS, FTP)}
    assert found == {FIPS: "MANUAL", FTP: "FAIL"}
