"""What a command runs in: settings, session, journal, the resources that it names."""
