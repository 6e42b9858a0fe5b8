-- What has happened to money does not unhappen, whoever writes (psql and imports too). Part of the first migration, as
-- change-feed.sql is. CHECK constraints say what a row may be; these say what it may become (ORDER_MOVES and
-- REFUND_MOVES of packages/api).

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % does not change', tg_argv[0], tg_table_name using errcode = 'check_violation';
end $$;

create function guard_order() returns trigger language plpgsql as $$
begin
  if (old.status, new.status) not in (
    ('pending', 'paid'), ('pending', 'closed'), ('closed', 'paid'), ('paid', 'refunding'),
    ('refunding', 'paid'), ('refunding', 'partially_refunded'), ('refunding', 'refunded'),
    ('partially_refunded', 'refunding'))
  then
    raise exception 'An order does not go from % to %', old.status, new.status using errcode = 'check_violation';
  end if;
  return new;
end $$;

create trigger guard_moves before update on orders
  for each row when (old.status <> new.status) execute function guard_order();
create trigger guard_facts before update on orders
  for each row when (
    (old.plan_id, old.version_id, old.period, old.amount_fen, old.channel, old.out_trade_no, old.checkout_id)
      is distinct from
    (new.plan_id, new.version_id, new.period, new.amount_fen, new.channel, new.out_trade_no, new.checkout_id)
    or new.refunded_fen < old.refunded_fen
    -- A deleted account leaves its orders.
    or (new.user_id is not null and new.user_id is distinct from old.user_id))
  execute function refuse_change('What was ordered');

create trigger guard_facts before update on payments
  for each row when (
    (old.order_id, old.channel, old.transaction_id, old.amount_fen, old.is_surplus)
      is distinct from (new.order_id, new.channel, new.transaction_id, new.amount_fen, new.is_surplus))
  execute function refuse_change('What was paid');

create trigger guard_moves before update on refunds
  for each row when (
    old.state <> new.state
    and (old.state, new.state) not in (('pending', 'done'), ('pending', 'failed'), ('failed', 'done')))
  execute function refuse_change('What went back');
create trigger guard_facts before update on refunds
  for each row when (
    (old.order_id, old.payment_id, old.refund_no, old.amount_fen)
      is distinct from (new.order_id, new.payment_id, new.refund_no, new.amount_fen))
  execute function refuse_change('What went back');

create trigger guard_facts before update on entitlements
  for each row when (
    (old.user_id, old.plan_id, old.version_id, old.period, old.order_id, old.code_id, old.granted_at)
      is distinct from
    (new.user_id, new.plan_id, new.version_id, new.period, new.order_id, new.code_id, new.granted_at)
    or (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at))
  execute function refuse_change('What was granted');

-- What was bought stays what it was: a plan changes by another version.
create trigger guard_facts before update on plan_versions
  for each row execute function refuse_change('A version');
create trigger guard_facts before update on plan_prices
  for each row execute function refuse_change('A price');
