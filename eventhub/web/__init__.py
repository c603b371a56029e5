"""What every page shares: forms, lists, layout, error pages and headers."""
