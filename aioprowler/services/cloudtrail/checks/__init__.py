"""How CloudTrail is judged."""
