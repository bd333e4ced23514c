"""Tests of the verbs, from the outside."""
