"""Writing: what a verb asks for, as values; its guards, what follows from it, and how it is sent."""
