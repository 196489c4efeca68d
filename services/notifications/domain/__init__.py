"""The rules of telling a guest something: pure."""
