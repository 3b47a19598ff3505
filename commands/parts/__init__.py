"""What several commands, buttons and forms share; nothing here is a command."""
