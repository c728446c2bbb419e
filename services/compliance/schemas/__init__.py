"""What is asked of compliance and what it answers."""
