"""What AWS has and how it is judged, a folder per service."""
