"""The core of qb-sync-bot; it knows nothing of commands/ and checks/."""
