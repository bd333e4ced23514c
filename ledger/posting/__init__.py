"""Read → attribute → keep: the one pipeline that every verb which posts shares."""
