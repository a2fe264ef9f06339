"""The command line: one file a command. The console is imported only when it is started."""
