"""The only door. It asks who is there, limits, caches, forwards and shows pages; it owns no data, decides nothing."""
