"""Charts: each is one Vega-Lite definition with its data, for the browser and for a picture alike.

The title says the finding, axes say what is counted, `description` says it all in words. Segments have their colour and their name.
"""
