"""How IAM is judged."""
