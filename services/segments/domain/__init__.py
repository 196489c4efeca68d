"""The rules of segments. Pure."""
