"""Markdown support articles in, cited answers out."""
