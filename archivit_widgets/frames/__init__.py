"""Metrics become visual channels, channels become bytes."""
