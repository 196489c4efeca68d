"""Pure rules of the merged API document."""
