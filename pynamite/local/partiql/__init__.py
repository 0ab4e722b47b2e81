"""PartiQL: statements read onto the expression tree, and carried out like the other actions."""
