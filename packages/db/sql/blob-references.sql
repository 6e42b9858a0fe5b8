-- How many files, archives, and sources of imports or their parts hold a blob. Part of the first migration, as change-feed.sql is.
-- Blobs are taken in the order of their names, so that two transactions wait for each other and no ring.
create function count_blob_references() returns trigger language plpgsql as $$
begin
  perform 1 from blobs where sha256 in (select sha256 from changed) order by sha256 for no key update;
  update blobs b
  set refs = b.refs + case when tg_op = 'INSERT' then c.count else -c.count end, touched_at = now()
  from (select sha256, count(*) from changed group by sha256) c
  where b.sha256 = c.sha256;
  return null;
end $$;

create trigger count_insert after insert on files
  referencing new table as changed for each statement execute function count_blob_references();
create trigger count_delete after delete on files
  referencing old table as changed for each statement execute function count_blob_references();

create trigger count_insert after insert on export_archives
  referencing new table as changed for each statement execute function count_blob_references();
create trigger count_delete after delete on export_archives
  referencing old table as changed for each statement execute function count_blob_references();

create trigger count_insert after insert on import_sources
  referencing new table as changed for each statement execute function count_blob_references();
create trigger count_delete after delete on import_sources
  referencing old table as changed for each statement execute function count_blob_references();

create trigger count_insert after insert on import_chunks
  referencing new table as changed for each statement execute function count_blob_references();
create trigger count_delete after delete on import_chunks
  referencing old table as changed for each statement execute function count_blob_references();
