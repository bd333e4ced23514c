"""What CI runs: workflows for GitHub and a component for GitLab, copied by `ledger init --ci`."""
