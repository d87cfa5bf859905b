"""`python -m bot` is `threadbook`."""

from bot.cli import main

if __name__ == "__main__":
    main()
