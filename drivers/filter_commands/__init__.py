"""Commands and conditions of Exim filter files, one unit each."""
