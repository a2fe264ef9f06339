"""Services, their deployments and pods."""
