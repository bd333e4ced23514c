"""Tests of the domain: pure functions over facts made by hand."""
