"""The one process that owns a workspace folder, and its HTTP API."""
