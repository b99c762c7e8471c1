"""AWS Data Pipeline."""
