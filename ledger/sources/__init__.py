"""Reads the world: one module per source, each a stream of facts, skips and cursors."""
