"""Makes agents name themselves: their own hooks say which model and session works in a worktree."""
