"""Real processes for the end-to-end tests: a chain that runs Integritee's runtime, the worker, the wallet.

Python's standard library only. Nothing here waits by time: each wait is for a line, a frame or an exit, with a deadline.
"""
