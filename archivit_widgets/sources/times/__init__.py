"""Times in all the ways files write them, as seconds since 1970-01-01 UTC."""
