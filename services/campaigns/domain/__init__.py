"""The rules of campaigns. Pure."""
