"""What every number means, and how it is asked for. Knows the stores, knows nothing of pages."""
