"""Demonstration data, loaded through the public interface as any user would; it never touches a database."""
