"""A helpdesk for several companies: Flask in front, pynamite behind. README.md tells how to start it."""
