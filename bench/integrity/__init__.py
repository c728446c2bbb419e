"""A simulated market with honest and dishonest broadcasts, and the score of the integrity engine on them.

Written from the description of the events and of the abuses, never from the detectors: nothing here imports the engine
but the runner, which starts it as a stranger would, on a folder of events without the labels.
"""
