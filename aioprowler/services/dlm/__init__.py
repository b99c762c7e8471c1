"""Amazon Data Lifecycle Manager."""
