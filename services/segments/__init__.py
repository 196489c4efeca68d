"""Segments: in which of five groups each guest is, and how the groups change."""
