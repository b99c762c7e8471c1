"""AWS Security Hub CSPM."""
