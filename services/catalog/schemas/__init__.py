"""Request and response bodies of catalog, one module per theme."""
