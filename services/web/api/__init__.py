"""Routes of the web process."""
