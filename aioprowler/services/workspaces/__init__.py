"""Amazon WorkSpaces."""
