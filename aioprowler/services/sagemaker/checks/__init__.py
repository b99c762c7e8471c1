"""How what SageMaker has is judged, by subject."""
