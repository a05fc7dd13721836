"""What becomes of requests that take too long, and of the worker whose threads they hold."""
