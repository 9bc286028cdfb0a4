"""What a change is about. Each aspect is one module: a pure function from the comparison of both sides to findings."""
