"""Where else findings go than to files and the terminal: one module for each service that is told."""
