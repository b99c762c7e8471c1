"""How RDS is judged."""
