"""The common ground of BezKart; it knows no café rule."""
