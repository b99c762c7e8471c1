"""How what Bedrock has is judged, by subject."""
