-- The change log: every committed change of what is cached or shown live, whoever made it (psql and imports too).
-- Part of the first migration: `node scripts/regenerate-migration.mjs` appends this file to it.
--
-- Two kinds of version:
-- * a row's own `ver` (articles, users, sessions, api_keys), drawn under the row's lock, so that its order is that of commits;
-- * for a key that stands for more than one row (a scope such as `user:<id>:articles`, `slug:<slug>`) the xid, which
--   is the default of cache_inval.ver. A value read for it has the version pg_snapshot_xmin - 1 of its snapshot.

create function draw_row_version() returns trigger language plpgsql as $$
begin
  new.ver := nextval('row_version');
  return new;
end $$;

create trigger draw_version before update on articles for each row execute function draw_row_version();
create trigger draw_version before update on users for each row execute function draw_row_version();
create trigger draw_version before update on sessions for each row execute function draw_row_version();
create trigger draw_version before update on api_keys for each row execute function draw_row_version();

-- articles: the article, the owner's lists and, where it enters or leaves the trash, the owner's pages and the lists
-- that visitors see (`publications`), which show views too.
create function log_articles() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into cache_inval (key, ver, scope)
    select 'article:' || id, ver, 'user:' || user_id || ':articles' from changed;
  elsif tg_op = 'UPDATE' then
    insert into cache_inval (key, ver, scope, is_quiet)
    select 'article:' || n.id, n.ver, 'user:' || n.user_id || ':articles',
      -- Views and the state of the index are nothing to tell a person at once.
      (n.views, n.indexed_revision) is distinct from (o.views, o.indexed_revision)
        and (n.revision, n.title, n.notebook_id, n.status, n.is_pinned, n.deleted_at)
          is not distinct from (o.revision, o.title, o.notebook_id, o.status, o.is_pinned, o.deleted_at)
    from changed n join former o on o.id = n.id;
    insert into cache_inval (key)
    select distinct 'user:' || n.user_id || ':publications'
    from changed n join former o on o.id = n.id
    where n.deleted_at is distinct from o.deleted_at;
    insert into cache_inval (key)
    select 'publications' from changed n join former o on o.id = n.id
    where n.deleted_at is distinct from o.deleted_at or n.views <> o.views limit 1;
  else
    insert into cache_inval (key, ver, deleted, scope)
    select 'article:' || id, nextval('row_version'), true, 'user:' || user_id || ':articles' from former;
  end if;
  return null;
end $$;

create trigger log_insert after insert on articles
  referencing new table as changed for each statement execute function log_articles();
create trigger log_update after update on articles
  referencing old table as former new table as changed for each statement execute function log_articles();
create trigger log_delete after delete on articles
  referencing old table as former for each statement execute function log_articles();

-- users: the user and, where readers would see it, the pages and lists.
create function log_users() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into cache_inval (key, ver) select 'user:' || id, ver from changed;
    insert into cache_inval (key) values ('publications');
  elsif tg_op = 'UPDATE' then
    insert into cache_inval (key, ver, scope)
    select 'user:' || n.id, n.ver,
      case when (n.handle, n.display_name, n.bio, n.status)
        is distinct from (o.handle, o.display_name, o.bio, o.status)
        then 'user:' || n.id || ':publications' end
    from changed n join former o on o.id = n.id;
    insert into cache_inval (key)
    select 'publications' from changed n join former o on o.id = n.id
    where (n.handle, n.display_name, n.bio, n.status)
      is distinct from (o.handle, o.display_name, o.bio, o.status) limit 1;
  else
    insert into cache_inval (key) values ('publications');
    insert into cache_inval (key, ver, deleted, scope)
    select 'user:' || id, nextval('row_version'), true, 'user:' || id || ':publications' from former;
  end if;
  return null;
end $$;

create trigger log_insert after insert on users
  referencing new table as changed for each statement execute function log_users();
create trigger log_update after update on users
  referencing old table as former new table as changed for each statement execute function log_users();
create trigger log_delete after delete on users
  referencing old table as former for each statement execute function log_users();

create function log_sessions() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    insert into cache_inval (key, ver, deleted)
    select 'session:' || id, nextval('row_version'), true from changed;
  else
    insert into cache_inval (key, ver) select 'session:' || id, ver from changed;
  end if;
  return null;
end $$;

create trigger log_insert after insert on sessions
  referencing new table as changed for each statement execute function log_sessions();
create trigger log_update after update on sessions
  referencing new table as changed for each statement execute function log_sessions();
create trigger log_delete after delete on sessions
  referencing old table as changed for each statement execute function log_sessions();

-- api_keys: by their hash, which is what a caller can be asked for.
create function log_api_keys() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    insert into cache_inval (key, ver, deleted)
    select 'api_key:' || hash, nextval('row_version'), true from changed;
  else
    insert into cache_inval (key, ver) select 'api_key:' || hash, ver from changed;
  end if;
  return null;
end $$;

create trigger log_insert after insert on api_keys
  referencing new table as changed for each statement execute function log_api_keys();
create trigger log_update after update on api_keys
  referencing new table as changed for each statement execute function log_api_keys();
create trigger log_delete after delete on api_keys
  referencing old table as changed for each statement execute function log_api_keys();

-- Tables of which only lists are kept: one row a user and statement.
create function log_scope() returns trigger language plpgsql as $$
begin
  insert into cache_inval (key) select distinct 'user:' || user_id || ':' || tg_argv[0] from changed;
  return null;
end $$;

create trigger log_insert after insert on notebooks
  referencing new table as changed for each statement execute function log_scope('notebooks');
create trigger log_update after update on notebooks
  referencing new table as changed for each statement execute function log_scope('notebooks');
create trigger log_delete after delete on notebooks
  referencing old table as changed for each statement execute function log_scope('notebooks');

create trigger log_insert after insert on notifications
  referencing new table as changed for each statement execute function log_scope('notifications');
create trigger log_update after update on notifications
  referencing new table as changed for each statement execute function log_scope('notifications');
create trigger log_delete after delete on notifications
  referencing old table as changed for each statement execute function log_scope('notifications');

-- outbox: where the work of a person stands. Rows of nobody, which are most, never get to the function.
create function log_job() returns trigger language plpgsql as $$
begin
  insert into cache_inval (key, scope) values ('job:' || new.id, 'user:' || new.user_id || ':jobs');
  return null;
end $$;

create trigger log_insert after insert on outbox
  for each row when (new.user_id is not null) execute function log_job();
create trigger log_update after update of progress, run_until, cancelled_at, done_at, failed_at on outbox
  for each row when (new.user_id is not null) execute function log_job();

-- tags: an article shows the names of its tags, so that it changes with them. Articles that this transaction has
-- written hold a version of it already.
create function touch_articles(ids uuid[]) returns void language sql as $$
  update articles a set ver = 0
  from (
    select id from articles where id = any(ids) and xmin <> pg_current_xact_id()::xid
    order by id for no key update
  ) locked
  where a.id = locked.id;
$$;

create function log_tags() returns trigger language plpgsql as $$
begin
  insert into cache_inval (key) select distinct 'user:' || user_id || ':tags' from changed;
  if tg_op = 'UPDATE' then
    perform touch_articles(array(
      select at.article_id from changed n join former o on o.id = n.id and o.name <> n.name
      join article_tags at on at.tag_id = n.id));
  end if;
  return null;
end $$;

create trigger log_insert after insert on tags
  referencing new table as changed for each statement execute function log_tags();
create trigger log_update after update on tags
  referencing old table as former new table as changed for each statement execute function log_tags();
create trigger log_delete after delete on tags
  referencing old table as changed for each statement execute function log_tags();

create function log_article_tags() returns trigger language plpgsql as $$
begin
  perform touch_articles(array(select distinct article_id from changed));
  insert into cache_inval (key)
  select distinct 'user:' || a.user_id || ':tags' from changed c join articles a on a.id = c.article_id;
  return null;
end $$;

create trigger log_insert after insert on article_tags
  referencing new table as changed for each statement execute function log_article_tags();
create trigger log_update after update on article_tags
  referencing new table as changed for each statement execute function log_article_tags();
create trigger log_delete after delete on article_tags
  referencing old table as changed for each statement execute function log_article_tags();

-- What administrators set up of models: every process reads it anew.
create function log_ai() returns trigger language plpgsql as $$
begin
  insert into cache_inval (key) values ('ai');
  return null;
end $$;

create trigger log_change after insert or update or delete on ai_providers
  for each statement execute function log_ai();
create trigger log_ai after insert or update on site_settings
  for each row when (new.key = 'ai_models') execute function log_ai();

-- What readers see. A page shows more than its own row (author, neighbours, translations): all of it is in the scope.
create function log_publications() returns trigger language plpgsql as $$
begin
  insert into cache_inval (key, deleted, scope)
  select 'publication:' || article_id, tg_op = 'DELETE', 'user:' || user_id || ':publications' from changed;
  insert into cache_inval (key) values ('publications');
  return null;
end $$;

create trigger log_insert after insert on publications
  referencing new table as changed for each statement execute function log_publications();
create trigger log_update after update on publications
  referencing new table as changed for each statement execute function log_publications();
create trigger log_delete after delete on publications
  referencing old table as changed for each statement execute function log_publications();

create function log_publication_images() returns trigger language plpgsql as $$
begin
  insert into cache_inval (key, scope)
  select 'publication:' || p.article_id, 'user:' || p.user_id || ':publications'
  from changed c join publications p on p.article_id = c.article_id;
  return null;
end $$;

create trigger log_insert after insert on publication_images
  referencing new table as changed for each statement execute function log_publication_images();
create trigger log_update after update on publication_images
  referencing new table as changed for each statement execute function log_publication_images();
create trigger log_delete after delete on publication_images
  referencing old table as changed for each statement execute function log_publication_images();

create function log_slugs() returns trigger language plpgsql as $$
begin
  -- Slugs that go with their publication have no owner any more; its own trigger names the scope.
  insert into cache_inval (key, deleted, scope)
  select 'slug:' || c.slug, tg_op = 'DELETE', 'user:' || p.user_id || ':publications'
  from changed c left join publications p on p.article_id = c.article_id;
  insert into cache_inval (key) values ('publications');
  return null;
end $$;

create trigger log_insert after insert on slugs
  referencing new table as changed for each statement execute function log_slugs();
create trigger log_update after update on slugs
  referencing new table as changed for each statement execute function log_slugs();
create trigger log_delete after delete on slugs
  referencing old table as changed for each statement execute function log_slugs();
