"""Uploaded files: on the disk before they are acknowledged, and looked for after a boot."""
