"""What a scan is one of, as SARIF's `automationDetails`: a later run replaces the alerts of an earlier one of its kind.

In an Azure pipeline Azure DevOps wants to be told its own names: the rules GHAzDO1019 and GHAzDO1020 of Microsoft's
SARIF Multitool. https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables has the variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

_AZURE: Final = "azuredevops/pipeline/build/"
_COLLECTION: Final = "SYSTEM_COLLECTIONURI"
_PATH: Final = ("SYSTEM_TEAMPROJECTID", "SYSTEM_DEFINITIONID", "SYSTEM_PHASEID", "BUILD_SOURCEBRANCH", "BUILD_BUILDID")
_PROPERTIES: Final = {
    "buildDefinitionId": "SYSTEM_DEFINITIONID",
    "buildDefinitionName": "BUILD_DEFINITIONNAME",
    "phaseId": "SYSTEM_PHASEID",
    "phaseName": "SYSTEM_PHASENAME",
}
_TIME: Final = re.compile(r"-\d{8}T\d{6}Z\Z")
"""At the end of a file's name that nobody chose."""


def automation(name: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """`name`: of the file, without extension. `environment`: in which a pipeline tells of itself."""
    if all(environment.get(each) for each in (_COLLECTION, *_PATH, *_PROPERTIES.values())):
        place = (_organization(environment[_COLLECTION]), *(environment[each] for each in _PATH))
        properties = {_AZURE + key: environment[each] for key, each in _PROPERTIES.items()}
        return {"id": _AZURE + "/".join(place), "properties": properties}
    return {"id": f"{_TIME.sub('', name)}/"}


def _organization(uri: str) -> str:
    """Of `https://dev.azure.com/contoso/`, or `https://contoso.visualstudio.com/` as it was before."""
    parts = urlsplit(uri)
    return parts.path.strip("/") or parts.netloc.partition(".")[0]
