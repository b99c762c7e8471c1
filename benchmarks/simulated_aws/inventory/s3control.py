"""S3's settings of a whole account, and access points."""

from __future__ import annotations

from typing import Final

from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.inventory.s3 import block, name
from benchmarks.simulated_aws.inventory.world import Json, Params, World, number_in
from benchmarks.simulated_aws.rendering import ACCOUNT, REGION


def _get_public_access_block(world: World, _: Params) -> Json:
    if world.bad("account block", 0):
        message = "The public access block configuration was not found"
        raise AwsError("NoSuchPublicAccessBlockConfiguration", message, 404)
    return {"PublicAccessBlockConfiguration": block(not world.bad("account block", 1))}


def _access_point(number: int) -> Json:
    point = f"point-{number}"
    return {
        "Name": point,
        "NetworkOrigin": "Internet",
        "Bucket": name(number),
        "AccessPointArn": f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/{point}",
        "Alias": f"{point}-alias-s3alias",
        "BucketAccountId": ACCOUNT,
    }


def _list_access_points(world: World, _: Params) -> Json:
    return {"AccessPointList": [_access_point(number) for number in world.each("s3:access_point")]}


def _get_access_point(world: World, params: Params) -> Json:
    number = number_in(params.get("Name"))
    if number not in world.each("s3:access_point"):
        raise AwsError("NoSuchAccessPoint", "The specified accesspoint does not exist", 404)
    settings = block(not world.bad("access point", number))
    return _access_point(number) | {"PublicAccessBlockConfiguration": settings, "CreationDate": world.ago(100)}


def _list_multi_region(world: World, _: Params) -> Json:
    points = [
        {
            "Name": f"everywhere-{number}",
            "Alias": f"everywhere{number}.mrap",
            "CreatedAt": world.ago(100),
            "PublicAccessBlock": block(not world.bad("multi-region", number)),
            "Status": "READY",
            "Regions": [{"Bucket": name(number), "Region": world.config.regions[0], "BucketAccountId": ACCOUNT}],
        }
        for number in world.each("s3:multi_region_access_point")
    ]
    return {"AccessPoints": points}


OPERATIONS: Final = {
    "GetAccessPoint": _get_access_point,
    "GetPublicAccessBlock": _get_public_access_block,
    "ListAccessPoints": _list_access_points,
    "ListMultiRegionAccessPoints": _list_multi_region,
}
