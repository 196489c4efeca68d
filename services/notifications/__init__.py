"""Messages to guests: routes, templates, delivery by whatever channel works."""
