"""How a command ends when it can't do what it was asked for: one text, what is wrong and then what to do."""


class Ended(Exception):
    """The command ends here. Its text is for people, and is the reason in the release record."""


class Failure(Ended):
    """Something went wrong."""


class Refusal(Failure):
    """Nothing was begun, and nothing was changed."""


class DockerError(Failure):
    """The engine did not do what it was asked for, or did not answer."""


class Stopped(Ended):
    """A signal has asked for the end."""

    def __init__(self) -> None:
        super().__init__("it was stopped by hand")


class TooLate(Ended):
    """A time limit is over."""
