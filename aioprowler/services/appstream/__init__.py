"""Amazon AppStream 2.0."""
