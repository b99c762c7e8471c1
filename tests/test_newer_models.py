"""What `make models` takes over from the newest botocore: what is named here, as botocore merges it, and no more."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import ExtrasProcessor, Loader

from aioprowler.declarations.sources import Operation
from scripts import models
from scripts.models import additions, names, places

TEXT = {"shape": "Text", "documentation": "<p>Text</p>"}
OLD: dict[str, Any] = {
    "operations": {
        "DescribeThings": {
            "name": "DescribeThings",
            "input": {"shape": "Asked"},
            "output": {"shape": "Told"},
            "errors": [{"shape": "Throttled"}],
        }
    },
    "shapes": {
        "Asked": {"type": "structure", "members": {"Id": {"shape": "Text"}}},
        "Told": {"type": "structure", "members": {"Things": {"shape": "Things"}, "Others": {"shape": "Things"}}},
        "Things": {"type": "list", "member": {"shape": "Thing"}},
        "Thing": {"type": "structure", "members": {"Id": {"shape": "Text"}, "Parent": {"shape": "Thing"}}},
        "Text": {"type": "string"},
        "Throttled": {"type": "structure", "members": {}, "exception": True},
    },
}


@pytest.fixture
def new() -> dict[str, Any]:
    newer = copy.deepcopy(OLD)
    shapes = newer["shapes"]
    shapes["Asked"]["members"] |= {"WithOwners": TEXT, "WithColours": TEXT}
    shapes["Thing"]["members"] |= {"Owner": {"shape": "Owner"}, "Colour": TEXT}
    shapes["Owner"] = {
        "type": "structure",
        "required": ["Id"],
        "members": {"Id": TEXT, "Name": {"shape": "Name"}, "Shoe": TEXT},
        "documentation": "<p>Who</p>",
    }
    shapes["Name"] = {"type": "string", "documentation": "<p>What</p>"}
    shapes["Gone"] = {"type": "structure", "members": {}, "exception": True, "error": {"code": "ThingGone"}}
    shapes["Busy"] = {"type": "structure", "members": {}, "exception": True}
    newer["operations"]["DescribeThings"]["errors"] += [{"shape": "Gone"}, {"shape": "Busy"}]
    newer["operations"]["ListThings"] = {"name": "ListThings", "output": {"shape": "Told"}, "documentation": "<p/>"}
    return newer


def test_what_is_named_and_newer_is_taken(new: dict[str, Any]) -> None:
    named = {"DescribeThings": {"WithOwners", "Things", "Owner", "Name", "ThingGone"}}
    found = additions(OLD, new, named)
    assert found == {
        "operations": {"DescribeThings": {"errors": [{"shape": "Throttled"}, {"shape": "Gone"}]}},
        "shapes": {
            "Asked": {"members": {"WithOwners": {"shape": "Text"}}},
            "Thing": {"members": {"Owner": {"shape": "Owner"}}},
            "Owner": {
                "type": "structure",
                "required": ["Id"],
                "members": {"Id": {"shape": "Text"}, "Name": {"shape": "Name"}},
            },
            "Name": {"type": "string"},
            "Gone": new["shapes"]["Gone"],
        },
    }
    merged = copy.deepcopy(OLD)
    ExtrasProcessor().process(merged, [{"merge": found}])
    assert additions(merged, new, named) == {}, "once merged nothing lacks"


@pytest.mark.parametrize("words", [{"Owner", "Name"}, {"Things", "Id", "Throttled"}, set()])
def test_what_no_name_leads_to_is_left(new: dict[str, Any], words: set[str]) -> None:
    """A member of that name elsewhere in the reply is not the one that is read."""
    assert additions(OLD, new, {"DescribeThings": words}) == {}


def test_an_operation_that_only_the_newest_has_is_taken_whole(new: dict[str, Any]) -> None:
    found = additions(OLD, new, {"ListThings": {"Things", "Colour"}, "DeleteThings": {"Things"}})
    assert found == {
        "operations": {"ListThings": {"name": "ListThings", "output": {"shape": "Told"}}},
        "shapes": {"Thing": {"members": {"Colour": {"shape": "Text"}}}},
    }


def test_names_are_those_of_declarations_and_of_code_that_calls() -> None:
    found = names()
    assert {"DBInstances", "StorageEncrypted"} <= found[Operation("rds", "DescribeDBInstances")]
    assert "NoSuchBucketPolicy" in found[Operation("s3", "GetBucketPolicy")]
    assert "arn" in found[Operation("iam", "GetCredentialReport")], "a function's reply is read by strings"
    assert {"OrganizationalUnits", "ParentId"} <= found[Operation("organizations", "ListOrganizationalUnitsForParent")]


def test_only_regions_and_places_that_are_new_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "SERVICES", ("kms", "sqs"))
    pinned, newest = Loader(), Loader()
    data = {name: copy.deepcopy(pinned.load_data(name)) for name in ("partitions", "endpoints")}
    monkeypatch.setattr(newest, "load_data", data.get)
    assert places(pinned, newest) == {}
    data["partitions"]["partitions"][0]["regions"]["mx-west-1"] = {"description": "Nowhere"}
    services = data["endpoints"]["partitions"][0]["services"]
    services["kms"]["endpoints"]["mx-west-1"] = {}
    services["ec2"]["endpoints"]["mx-west-1"] = {}
    assert places(pinned, newest) == {
        "partitions": {"aws": {"regions": {"mx-west-1": {"description": "Nowhere"}}}},
        "endpoints": {"aws": {"services": {"kms": {"endpoints": {"mx-west-1": {}}}}}},
    }


def test_the_newest_botocores_data_may_be_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against itself nothing is newer; what was there before is gone."""
    monkeypatch.setattr(models, "EXTRAS", tmp_path / "extras")
    (tmp_path / "extras/rds").mkdir(parents=True)
    assert models.main([Loader.BUILTIN_DATA_PATH, "1.2.3"]) == 0
    assert [file.name for file in (tmp_path / "extras").iterdir()] == ["newest.json"]
