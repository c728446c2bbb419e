"""What compliance decides beside the rules: which facts are asked with, what is shown, who may see and act."""
