"""How S3 is judged."""
