"""The actions of the API, each with the others of its kind."""
