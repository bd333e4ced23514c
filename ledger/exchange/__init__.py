"""Talks to remotes: publishes and fetches entries, comments on requests."""
