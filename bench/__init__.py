"""Every figure that is published, as a command that anyone can run."""
