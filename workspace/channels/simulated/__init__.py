"""The simulated provider: invented people, what they say, when, and how it travels.

Everything here is pure: the same seed, anchor and sends give the same events, byte for byte. What
survives a restart (the sends and the clock) is in `record`, the one module with an effect.
"""
