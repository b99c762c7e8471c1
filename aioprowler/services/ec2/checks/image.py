"""How images are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.exposure import not_public
from aioprowler.services.ec2.resources.storage import Image


@check(fails="AMI is public", severity="critical", categories=["internet-exposed"])
def ec2_ami_public(image: Image) -> Verdict:
    """Images of the account (AMIs) are not public.

    A public image can be launched by every AWS account. Sharing with single accounts is not judged here.

    ## Risk
    Whoever launches the image reads its disks: source code, configuration, credentials and keys left behind while it
    was built.

    ## Remediation
    `aws ec2 modify-image-attribute --region <region> --image-id <image> --launch-permission "Remove=[{Group=all}]"`

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html
    """
    return not_public(image.label, image.public)
