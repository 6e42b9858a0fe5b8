/** Compares what is in the database with what was promised; prints a line each. @returns all kept */
export async function judge(client, { acknowledged, faults, stoppedPids, plan, attempts, undone }) {
  let isKept = true;
  const say = (promise, figure, holds) => {
    if (!holds) isKept = false;
    console.log(JSON.stringify({ promise, figure, verdict: holds ? 'kept' : 'BROKEN' }));
  };
  const one = async (text, parameters) => (await client.query(text, parameters)).rows[0];

  const orders = await one(`
    select count(*)::int as committed,
      count(*) filter (where e.n is null)::int as missing,
      count(*) filter (where e.n > 1)::int as repeated,
      count(*) filter (where c.n is null)::int as calls_missing,
      coalesce(sum(c.n - 1), 0)::int as calls_repeated,
      count(*) filter (where c.keys > 1)::int as calls_under_two_keys
    from proof_orders o
    left join (select order_id, count(*) as n from effects group by 1) e on e.order_id = o.id
    left join (select order_id, count(*) as n, count(distinct outbox_id) as keys
      from calls group by 1) c on c.order_id = o.id`);
  const { committed, missing, repeated } = orders;
  say(
    'every committed order has exactly one effect',
    { committed, missing, repeated },
    missing === 0 && repeated === 0,
  );

  const lost = await one(
    'select count(*)::int as n from unnest($1::bigint[]) a(id) where id not in (select id from proof_orders)',
    [[...acknowledged]],
  );
  say(
    'every acknowledged order is there',
    { acknowledged: acknowledged.size, missing: lost.n },
    lost.n === 0,
  );

  const stray = await one(`
    select (select count(*)::int from effects where order_id not in (select id from proof_orders))
      + (select count(*)::int from calls where order_id not in (select id from proof_orders)) as n,
      (select max(id) from proof_orders) - (select count(*) from proof_orders) as rolled_back`);
  say(
    'an order that was rolled back has none',
    { rolledBack: Number(stray.rolled_back), effects: stray.n },
    stray.n === 0,
  );

  say(
    'an effect outside the database happens at least once, always under one key',
    {
      missing: orders.calls_missing,
      repeated: orders.calls_repeated,
      underTwoKeys: orders.calls_under_two_keys,
    },
    orders.calls_missing === 0 && orders.calls_under_two_keys === 0,
  );

  // A run of a process told to stop may be given back while it ends.
  const overlaps = await one(
    `select (select count(*)::int from runs) as runs, count(*)::int as overlaps
     from runs a join runs b on b.outbox_id = a.outbox_id and b.attempt > a.attempt
     where b.started_at < least(coalesce(a.ended_at, 'infinity'), a.lease_ends_at)
       and a.pid <> all($1::int[])`,
    [stoppedPids],
  );
  say('no two runs of a row within a lease', overlaps, overlaps.overlaps === 0);

  const documents = await one(`
    select sum(d.version)::int as changes, count(*) filter (where i.version <> d.version)::int as stale,
      (select count(*)::int from outbox where topic = 'reindex') as rows
    from documents d join indexed i using (id)`);
  say('a deduplicated job sees the last change', documents, documents.stale === 0);

  const buried = await one(`
    select count(*) filter (where topic = 'poison')::int as isolated,
      count(*) filter (where topic <> 'poison')::int as innocent,
      (select coalesce(max(n), 0)::int
        from (select count(*) as n from runs where topic = 'poison' group by outbox_id) r) as most_runs
    from dead_letters`);
  say(
    'what kills its process is isolated, and nothing else is',
    { poison: plan.poisons, ...buried, processesItKilled: faults.poisoned },
    buried.isolated === plan.poisons && buried.innocent === 0 && buried.most_runs <= attempts,
  );

  say('nothing is left undone', { undone }, undone === 0);

  // Without these the run would prove nothing.
  const control = await one(
    'select count(*)::int as n from proof_orders where id not in (select order_id from naive_effects)',
  );
  const struck = faults.killed + faults.frozen + faults.stopped + faults.cut + faults.wiped;
  say(
    'the faults were real: without an outbox (in memory, after the commit) effects were lost',
    { ...faults, lostWithoutOutbox: control.n, ofOrders: committed },
    struck >= plan.minFaults && committed >= plan.minOrders && control.n > 0,
  );
  return isKept;
}
