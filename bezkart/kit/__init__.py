"""Plumbing every service is built with. It knows protocols and stores, and no café rule."""
