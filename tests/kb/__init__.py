"""The example help centre: complete, consistent, and linked without a gap."""
