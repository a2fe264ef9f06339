"""The HTTP client that all clouds share: transport, retries, request budget and errors."""
