-- Runs once, when the volume is made: slow queries are counted for the administrators.
create extension if not exists pg_stat_statements;
