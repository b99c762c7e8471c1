"""A fast AWS on a loopback port, in a process of its own: one canned reply for each service, several thousand a second.

The service is read from the scope of the request's signature, which is not verified.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_VPC = (
    "<item><vpcId>vpc-0a1b2c3d4e5f60718</vpcId><ownerId>123456789012</ownerId><state>available</state>"
    "<cidrBlock>172.31.0.0/16</cidrBlock><dhcpOptionsId>dopt-0a1b2c3d</dhcpOptionsId><isDefault>true</isDefault>"
    "<instanceTenancy>default</instanceTenancy><cidrBlockAssociationSet><item><cidrBlock>172.31.0.0/16</cidrBlock>"
    "<associationId>vpc-cidr-assoc-0a1b2c3d</associationId><cidrBlockState><state>associated</state></cidrBlockState>"
    "</item></cidrBlockAssociationSet><tagSet><item><key>Name</key><value>main</value></item></tagSet></item>"
)
BODIES = {
    "ec2": '<?xml version="1.0" encoding="UTF-8"?>'
    '<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1a2b</requestId>'
    f"<vpcSet>{_VPC}</vpcSet></DescribeVpcsResponse>",
    "iam": '<ListAccessKeysResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListAccessKeysResult>'
    "<IsTruncated>false</IsTruncated><AccessKeyMetadata><member><UserName>alice</UserName>"
    "<AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId><Status>Active</Status>"
    "<CreateDate>2026-01-02T03:04:05Z</CreateDate></member></AccessKeyMetadata></ListAccessKeysResult>"
    "<ResponseMetadata><RequestId>1a2b</RequestId></ResponseMetadata></ListAccessKeysResponse>",
    "s3": '<?xml version="1.0" encoding="UTF-8"?>'
    '<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>'
    "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>arn:aws:kms:us-east-1:"
    "123456789012:key/0a1b2c3d</KMSMasterKeyID></ApplyServerSideEncryptionByDefault>"
    "<BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>",
    "dynamodb": '{"TableNames":["orders","customers","sessions"]}',
    "lambda": '{"Functions":[{"FunctionName":"resize","FunctionArn":"arn:aws:lambda:us-east-1:123456789012:function:'
    'resize","Runtime":"python3.13","Role":"arn:aws:iam::123456789012:role/resize","Handler":"app.handler"}]}',
}
_TYPES = {"dynamodb": "application/x-amz-json-1.0", "lambda": "application/json"}


def _reply(service: str, body: str) -> bytes:
    content = body.encode()
    head = (
        f"HTTP/1.1 200 OK\r\nx-amzn-requestid: 1a2b3c4d\r\ndate: Fri, 02 Jan 2026 03:04:05 GMT\r\n"
        f"content-type: {_TYPES.get(service, 'text/xml;charset=UTF-8')}\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


_REPLIES = {service.encode(): _reply(service, body) for service, body in BODIES.items()}


class _Connection(asyncio.Protocol):
    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end]
            length = end + 4 + _content_length(head)
            if len(self._received) < length:
                return
            self._received = self._received[length:]
            scope = head[: head.index(b"/aws4_request")]
            self._transport.write(_REPLIES[scope[scope.rindex(b"/") + 1 :]])


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def run(work: Any) -> Any:
    """`asyncio.run`, on uvloop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


@contextmanager
def serving() -> Iterator[str]:
    """The URL of a server that lives as long as the block."""
    command = [sys.executable, "-m", "benchmarks.stub_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


if __name__ == "__main__":
    run(_serve())
