"""Documents of campaigns and the domain, one module per aggregate."""
