"""Embedding models: texts in, unit float32 vectors out. Nothing is loaded before it is named."""
