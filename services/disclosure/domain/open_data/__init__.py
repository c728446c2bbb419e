"""Open data: the tables that releases are spread out into, their dictionary, their files, and releases as contracts."""
