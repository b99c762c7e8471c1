"""How EC2 is judged."""
