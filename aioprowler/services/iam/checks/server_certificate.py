"""How server certificates are judged."""

from __future__ import annotations

import datetime

from aioprowler import Verdict, check
from aioprowler.judging.ages import valid_for
from aioprowler.services.iam.resources import ServerCertificate


@check(fails="Server certificate in IAM has expired", severity="high", categories=["encryption"])
def iam_no_expired_server_certificates_stored(certificate: ServerCertificate, now: datetime.datetime) -> Verdict:
    """No server certificate stored in IAM has expired.

    IAM keeps certificates for load balancers and CloudFront until somebody deletes them, and renews none.

    ## Risk
    A load balancer that serves an expired certificate turns visitors away, or trains them to click warnings away.

    ## Remediation
    Replace it where it is used by one of AWS Certificate Manager, which renews by itself, and delete it:
    `aws iam delete-server-certificate --server-certificate-name <name>`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html
    """
    return valid_for(certificate.label, certificate.expiration, now)
