"""Models beside their simplest rivals."""
