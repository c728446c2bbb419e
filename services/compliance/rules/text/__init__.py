"""A small library that reads Chinese prose: normalising, sentences, stance, and what the three text rules look for."""
