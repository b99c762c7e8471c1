"""Amazon VPC."""
