"""What `tools.screenshots` is made of: a demo county's rows, the shots of every page, and the album."""
