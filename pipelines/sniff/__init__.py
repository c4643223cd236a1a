"""An unknown file drafted as a layout: how it is written, what its columns say, in which shape it tells votes.

A draft is a beginning for a person, never a layout in use: what was guessed carries its reason in a comment. What other
sources call things, their configurations tell (`vocabulary.py`); the words of headers are general knowledge
(`words.py`). Opening files is the work of `pipelines/raw`, reading them with a layout that of `pipelines/core`.
"""
