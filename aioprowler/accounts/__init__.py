"""Who is scanned, and with which credentials."""
