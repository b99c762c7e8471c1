"""Amazon Simple Notification Service."""
