// Makes fixtures/drill/demo: a small card shop, dumped by the real pg_dump of this machine. Run again after changing what is in it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { packageFile } from '../src/kernel/package.ts'
import { startPostgres } from '../test/support/postgres.ts'

const schema = `
create role shop_owner;
create role shop_app;
create database shop owner shop_owner;
\\connect shop
set role shop_owner;
create type rarity as enum ('common', 'rare', 'legendary');
create table artists (
  id integer generated always as identity primary key,
  name text not null unique,
  country text not null check (country ~ '^[A-Z]{2}$'),
  joined_at timestamptz not null
);
create table cards (
  id bigserial primary key,
  artist_id integer not null references artists (id),
  title text not null,
  rarity rarity not null,
  price numeric(10, 2) not null check (price > 0),
  attributes jsonb not null default '{}',
  search text generated always as (lower(title)) stored,
  created_at timestamptz not null
);
create index cards_by_artist on cards (artist_id);
create index cards_by_search on cards (search);
create table purchases (
  id bigserial primary key,
  card_id bigint not null references cards (id),
  buyer text not null,
  amount numeric(10, 2) not null,
  status text not null check (status in ('captured', 'refunded')),
  created_at timestamptz not null
);
create table audit_log (
  id bigint generated always as identity primary key,
  purchase_id bigint not null references purchases (id),
  event text not null,
  at timestamptz not null
);
create function record_purchase() returns trigger language plpgsql as $$
begin
  insert into public.audit_log (purchase_id, event, at) values (new.id, 'payment.' || new.status, new.created_at);
  return new;
end
$$;
create trigger purchases_are_audited after insert on purchases for each row execute function record_purchase();
create view sales as
  select a.name as artist, count(*) as sold, sum(p.amount) as revenue
  from purchases p join cards c on c.id = p.card_id join artists a on a.id = c.artist_id
  where p.status = 'captured' group by a.name;
create materialized view sales_by_month as
  select date_trunc('month', created_at) as month, sum(amount) as revenue from purchases group by 1;
grant usage on schema public to shop_app;
grant select, insert, update on artists, cards, purchases to shop_app;
grant select, insert on audit_log to shop_app;
grant usage on all sequences in schema public to shop_app;
insert into artists (name, country, joined_at)
  select 'Artist ' || n, (array['PL', 'DE', 'FR', 'JP', 'US'])[1 + n % 5], timestamptz '2025-01-01 00:00:00Z' + n * interval '1 day'
  from generate_series(1, 89) n;
insert into cards (artist_id, title, rarity, price, attributes, created_at)
  select 1 + n % 89, 'Card ' || n || case when n % 50 = 0 then E' \\u2014 \\u017b\\u00f3\\u0142w\\tand a \\\\ tab' else '' end,
    (array['common', 'common', 'rare', 'legendary'])[1 + n % 4]::rarity, 1 + (n % 500) / 10.0,
    jsonb_build_object('power', n % 100, 'tags', jsonb_build_array('set-' || n % 7, 'ed "' || n % 3 || '"')),
    timestamptz '2025-02-01 00:00:00Z' + n * interval '1 hour'
  from generate_series(1, 1234) n;
insert into purchases (card_id, buyer, amount, status, created_at)
  select 1 + (n * 7) % 1234, 'buyer' || n || '@example.com', 1 + (n % 200) / 4.0,
    case when n % 12 = 0 then 'refunded' else 'captured' end, timestamptz '2025-04-01 00:00:00Z' + n * interval '90 minutes'
  from generate_series(1, 567) n;
refresh materialized view sales_by_month;
select lo_from_bytea(0, convert_to('terms and conditions', 'UTF8'));
`

const server = await startPostgres()
try {
  execFileSync(join(server.binDir, 'psql'), ['-X', '-q', '-v', 'ON_ERROR_STOP=1', server.url], {
    input: schema,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const url = server.url.replace(/\/postgres$/, '/shop')
  const dump = execFileSync(join(server.binDir, 'pg_dump'), [url], { maxBuffer: 1 << 28 })
  const folder = packageFile('fixtures/drill/demo')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'backup_20251001_050001.sql.gz'), gzipSync(dump, { level: 9 }))
} finally {
  await server.stop()
}
