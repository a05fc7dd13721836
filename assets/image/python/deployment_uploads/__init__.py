"""Uploaded files are on the disk before they are acknowledged."""
