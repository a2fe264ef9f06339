"""Training signals of jobs: fed by each page of a log that is read, kept in bounded memory."""
