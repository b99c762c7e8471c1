"""IAM Roles Anywhere."""
