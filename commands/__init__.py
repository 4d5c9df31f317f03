"""What the command line does and prints. ``app.py`` names the commands; each is a plain function here."""
