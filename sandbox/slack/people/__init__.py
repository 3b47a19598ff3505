"""What people do in the client: commands, presses, modals, files, messages."""
