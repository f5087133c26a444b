"""Models beside their simplest rivals: flow, next owner, wash trading, likeness, taste.

One file or folder for each model, `baselines` for what it must beat, `evaluate` for the protocols. Each model is fitted
by a classmethod ``fit``, and its ``save`` and ``load`` are those of `stored`: no code is ever read from a file.
"""
