"""The larger commands, one file each: `add(commands)` names the options, `run` does the work and prints what it found."""
