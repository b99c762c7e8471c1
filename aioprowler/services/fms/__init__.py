"""AWS Firewall Manager."""
