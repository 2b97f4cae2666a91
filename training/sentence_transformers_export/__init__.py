"""The parts of a sentence-transformers directory: the package's sources and a README.md."""
