"""Installs the hooks, declares models, and knows who else is there."""
