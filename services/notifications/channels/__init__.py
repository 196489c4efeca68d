"""How a text leaves the house: one file a provider, all behind the port in `port.py`."""
