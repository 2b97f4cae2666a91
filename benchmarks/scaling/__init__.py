"""How building, searching, memory and disk grow from a thousand chunks to a million."""
