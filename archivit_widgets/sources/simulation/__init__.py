"""Parts of the simulated market: its people, its works, its trade and its rings."""
