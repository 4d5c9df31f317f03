"""What is on the screen: addresses, text, panels, pages. Knows queries and results, never the engine."""
