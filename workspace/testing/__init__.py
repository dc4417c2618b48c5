"""Real servers and builders for tests; shipped, so that your own channel can be held to them."""
