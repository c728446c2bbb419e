"""Every SQL statement of disclosure."""
