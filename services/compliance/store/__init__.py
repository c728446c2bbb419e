"""Every SQL statement of compliance."""
