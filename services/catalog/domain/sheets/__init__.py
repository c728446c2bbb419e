"""Spreadsheets: the columns they have, how files are read and written, and what a cell may say. No database, no web."""
