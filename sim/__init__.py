"""An event-sourced scenario simulator for documented political crises."""

__version__ = "0.1.0"
