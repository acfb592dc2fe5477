"""What can go wrong in a night, made to go wrong: kills, a full disk, damaged state."""
