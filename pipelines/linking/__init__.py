"""Who is the same person across vendors, snapshots and states."""
