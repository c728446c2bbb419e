"""The gate's rules: pure functions from facts and a moment to an answer, without web, database or clock."""
