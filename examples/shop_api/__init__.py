"""A shop as a web API: FastAPI in front, pynamite behind. README.md tells how to start it."""
