"""A second market, made by other hands: other habits, rates, words and file formats than the first generator's.

Nothing that says how people or cheats behave is shared with the first; an engine that learned one generator's habits
shows it here.
"""
