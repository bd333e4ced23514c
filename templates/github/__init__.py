"""Workflows for GitHub Actions."""
