"""The other direction: typed rows as the files that a source would send, in the words of its layout.

The simulator speaks every state's format with it, and each YAML is tested by what comes back. The vocabulary itself
lives one folder up.
"""
