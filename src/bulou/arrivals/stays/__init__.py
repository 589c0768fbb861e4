"""From what was decided and whose hands people are in to where they stay, and until when."""
