"""Which types of instances have local storage: their hardware encrypts it, and no key can be named for it.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html#instance-store-volumes
"""

from __future__ import annotations

import re
from typing import Final

_LOCAL: Final = re.compile(
    r"ml\.(?:"
    r"[a-z]+\d+[a-z]*d[a-z]*"  # a d behind the generation says so: m5d, c6gd, g4dn, p4de
    r"|dl\d+q?|g5|gr?6[ef]?|g7e|p[56][a-z]*(?:-[a-z]+\d+)?|trn\d+[a-z]?"
    r")\."
)


def has_local_storage(instance_type: str) -> bool:
    """`ml.g5.xlarge`: True; `ml.m5.xlarge`, whose volume is one of EBS: False."""
    return bool(_LOCAL.match(instance_type))
