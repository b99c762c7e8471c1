"""Accelerators of Global Accelerator."""

from __future__ import annotations

from aioprowler import Resource, field, listing


class Accelerator(Resource, id="arn", type="Other", group="security", noun="Accelerator"):
    """Addresses by which AWS's network is entered close to the client."""

    source = listing("globalaccelerator", "ListAccelerators", "Accelerators")
    arn: str = field(name="AcceleratorArn")
    name: str
