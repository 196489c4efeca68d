"""Pure values every service speaks in: money, the shop's calendar, ids, typed errors, masking."""
