"""What orders decides: pure functions without web, database or network."""
