"""Programs for those who build Bulou; nothing here is part of what runs in a county."""
