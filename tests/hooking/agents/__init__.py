"""Tests of agents naming themselves."""
