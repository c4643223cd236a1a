"""Damage to bytes at places that a seed draws: flips, cuts, blocks doubled, removed, zeroed, swapped."""

import random
from collections.abc import Callable

Damage = Callable[[random.Random, bytes], bytes]


def flip(draw: random.Random, content: bytes) -> bytes:
    """One bit is another."""
    changed = bytearray(content)
    changed[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def cut(draw: random.Random, content: bytes) -> bytes:
    """The end is gone."""
    return content[: draw.randrange(len(content))]


def _block(draw: random.Random, content: bytes) -> tuple[int, int]:
    start = draw.randrange(len(content))
    return start, min(len(content), start + 1 + int(draw.random() ** 3 * min(len(content), 4096)))


def double(draw: random.Random, content: bytes) -> bytes:
    """A block stands twice."""
    start, end = _block(draw, content)
    return content[:end] + content[start:end] + content[end:]


def remove(draw: random.Random, content: bytes) -> bytes:
    """A block is gone."""
    start, end = _block(draw, content)
    return content[:start] + content[end:]


def zero(draw: random.Random, content: bytes) -> bytes:
    """A block is NUL bytes."""
    start, end = _block(draw, content)
    return content[:start] + bytes(end - start) + content[end:]


def swap(draw: random.Random, content: bytes) -> bytes:
    """Two blocks stand in each other's place."""
    places = sorted(draw.randrange(len(content) + 1) for _ in range(4))
    a, b, c, d = places
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


DAMAGES: dict[str, Damage] = {
    "flip": flip, "cut": cut, "double": double, "remove": remove, "zero": zero, "swap": swap,
}  # fmt: skip


def damaged(draw: random.Random, content: bytes, kind: str) -> bytes:
    """Content with damage of a kind that did change it."""
    while (found := DAMAGES[kind](draw, content)) == content:
        continue
    return found
