"""What disclosure answers."""
