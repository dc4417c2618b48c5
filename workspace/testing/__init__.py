"""Real servers and builders for tests; shipped, so that a channel of your own can be held to them."""
