"""Identity: shops, staff and their sessions, guests."""
