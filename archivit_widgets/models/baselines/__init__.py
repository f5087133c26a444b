"""What every model must beat, with the same interface as the models."""
