"""What a change is about: one aspect a file, each a pure function of the two sides' comparison to findings."""
