"""Accounts, tokens, edges, edge metrics and layout."""
