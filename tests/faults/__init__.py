"""The catalogue of faults, group by group: each test names the cases it provokes."""
