"""Amazon MemoryDB."""
