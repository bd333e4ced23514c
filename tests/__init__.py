"""The tests mirror the code: a test stands at the path of what it tests."""
