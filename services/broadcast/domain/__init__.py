"""Pure functions of the broadcast service: the life of a filing, its plan, its facts, its place in a calendar."""
