"""What compliance does, one use case a function."""
