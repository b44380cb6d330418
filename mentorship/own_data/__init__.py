"""The pages of one's own data: a file of it, a pause, the wishes about mail, and erasing all of it."""
