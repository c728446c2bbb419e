"""The chat of a room: speaking, telling what was said, moderating, and what everybody may know of it."""
