"""What campaigns does, one verb per file."""
