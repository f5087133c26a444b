"""Readers: files and markets become one cleaned table of transfers with a report."""
