"""Launch templates and their versions."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from aioprowler import Here, Resource, Tag, derive, field, listing
from aioprowler.services.ec2.resources.instance import MetadataOptions


class LaunchTemplate(
    Resource,
    id="launch_template_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:launch-template/{launch_template_id}",
    type="AwsEc2LaunchTemplate",
    group="compute",
):
    source = listing("ec2", "DescribeLaunchTemplates", "LaunchTemplates", page_size=200)
    launch_template_id: str
    name: str = field(name="LaunchTemplateName", default="")
    tags: tuple[Tag, ...] = ()


class LaunchTemplateData(msgspec.Struct, frozen=True, rename="pascal"):
    metadata_options: MetadataOptions = MetadataOptions()


class LaunchTemplateVersion(
    Resource,
    id="version_number",
    arn="arn:{partition}:ec2:{region}:{account_id}:launch-template/{launch_template_id}",
    type="AwsEc2LaunchTemplate",
    group="compute",
):
    source = listing(
        "ec2",
        "DescribeLaunchTemplateVersions",
        "LaunchTemplateVersions",
        of=LaunchTemplate,
        LaunchTemplateId="launch_template_id",
        absent=["InvalidLaunchTemplateId.NotFound"],
        page_size=200,
    )
    launch_template_id: str
    version_number: int
    data: LaunchTemplateData = field(name="LaunchTemplateData", default=LaunchTemplateData())


class TemplateVersions(msgspec.Struct, frozen=True):
    """The versions of a region's launch templates."""

    by_template: dict[str, list[LaunchTemplateVersion]]

    def of(self, template: LaunchTemplate) -> list[LaunchTemplateVersion]:
        return self.by_template.get(template.launch_template_id, [])


@derive
def template_versions(versions: Here[LaunchTemplateVersion]) -> TemplateVersions:
    by_template: dict[str, list[LaunchTemplateVersion]] = defaultdict(list)
    for version in versions:
        by_template[version.launch_template_id].append(version)
    return TemplateVersions(dict(by_template))
