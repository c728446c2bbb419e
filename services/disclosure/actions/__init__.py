"""The use cases of disclosure."""
