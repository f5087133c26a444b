"""Pictures drawn by rule: the parts of Nouns, and the styles of the embedded generator."""
