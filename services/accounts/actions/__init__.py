"""The use cases of accounts, by errand."""
