"""Cost per accepted change, per model, role and task type."""

__version__ = "0.1.0"
