"""Bodies and answers of the orders service."""
