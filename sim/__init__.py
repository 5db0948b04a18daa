"""An event-sourced scenario simulator for documented political crises."""
