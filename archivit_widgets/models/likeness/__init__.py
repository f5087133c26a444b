"""What likeness is made of: pictures as arrays, words as features, towers, and checkpoints of others."""
