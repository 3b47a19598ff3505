"""What reaches the app: Socket Mode, signed HTTP, events."""
