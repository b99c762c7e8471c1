"""Amazon S3 Glacier."""
