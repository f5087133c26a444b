"""Ownership flows as living arteries inside a notebook cell."""
