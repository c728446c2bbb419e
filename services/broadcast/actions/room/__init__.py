"""The use cases of the live room: asking the gate, segments, shelf, what is said, halting, and its record."""
