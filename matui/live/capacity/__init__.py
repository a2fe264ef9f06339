"""How the cards of resource pools are used, who holds them, and what waits for them and why."""
