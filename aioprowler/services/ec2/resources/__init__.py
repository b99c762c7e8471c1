"""What EC2 has, by subject."""
