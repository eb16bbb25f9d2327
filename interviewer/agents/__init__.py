"""Who speaks: plain values in, typed results out, the product itself unknown."""
