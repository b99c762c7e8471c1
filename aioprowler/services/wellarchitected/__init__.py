"""AWS Well-Architected Tool."""
