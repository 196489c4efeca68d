"""The pages: barista terminal, owner's segments, sign-in, and the merged API document."""
