"""What the web process does beside rendering pages."""
