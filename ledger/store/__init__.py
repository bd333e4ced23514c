"""The only SQL on our schema: tables, views, idempotent writes, and one named function per question."""
