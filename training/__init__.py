"""How the bundled embedding model is made: `make model`, described in docs/model.md."""
