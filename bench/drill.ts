// The whole drill, as it is installed, against bare `psql -f` of the same dump into the same server, interleaved:
// `node --import tsx bench/drill.ts [rows] [rounds]`.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageFile } from '../src/kernel/package.ts'
import { startPostgres } from '../test/support/postgres.ts'

const rows = Number(process.argv[2] ?? 1_000_000)
const rounds = Number(process.argv[3] ?? 3)
const share = (part: number) => Math.max(1, Math.round(rows * part))

const shop = `
create type rarity as enum ('common', 'rare', 'legendary');
create table artists (id serial primary key, name text not null unique, country text not null check (length(country) = 2));
create table users (id bigserial primary key, email text not null unique, created_at timestamptz not null);
create table cards (id bigserial primary key, artist_id int not null references artists, title text not null, rarity rarity not null,
  price numeric(10, 2) not null, attributes jsonb not null);
create table purchases (id bigserial primary key, user_id bigint not null references users, card_id bigint not null references cards,
  amount numeric(10, 2) not null, created_at timestamptz not null);
insert into artists (name, country) select 'artist ' || n, 'PL' from generate_series(1, ${share(0.001)}) n;
insert into users (email, created_at) select 'user' || n || '@example.com', timestamptz '2026-01-01Z' + n * interval '1 second'
  from generate_series(1, ${share(0.1)}) n;
insert into cards (artist_id, title, rarity, price, attributes) select 1 + n % ${share(0.001)}, 'card number ' || n,
  (array['common', 'rare', 'legendary'])[1 + n % 3]::rarity, n % 1000 / 10.0, jsonb_build_object('power', n % 100)
  from generate_series(1, ${share(0.3)}) n;
insert into purchases (user_id, card_id, amount, created_at) select 1 + n % ${share(0.1)}, 1 + n::bigint * 7 % ${share(0.3)}, n % 5000 / 100.0,
  timestamptz '2026-01-01Z' + n * interval '1 second' from generate_series(1, ${share(0.599)}) n;
create index purchases_by_user on purchases (user_id);
create index purchases_by_card on purchases (card_id);
`

// Of the sources as they are now; beside node_modules, where it finds its packages.
const program = `node_modules/.gatekit-bench-${process.pid}`
execFileSync(process.execPath, [packageFile('scripts/build.js'), program], { stdio: 'inherit' })
const server = await startPostgres()
const home = await mkdtemp(join(tmpdir(), 'gatekit-bench-drill-'))
const urlOf = (database: string) => server.url.replace(/\/postgres$/, `/${database}`)
const psql = (database: string, ...args: string[]) =>
  execFileSync(join(server.binDir, 'psql'), [
    '-X',
    '-q',
    '-o',
    '/dev/null',
    '-v',
    'ON_ERROR_STOP=1',
    urlOf(database),
    ...args,
  ])

interface Measured {
  seconds: number
  /** Most memory that the process ever held, in MB. */
  peak: number
}

async function measure(program: string, args: string[]): Promise<Measured> {
  const log = openSync(join(home, 'log.txt'), 'w')
  const started = performance.now()
  // A folder for leases of its own: what drills that were killed elsewhere have left is swept by every other one.
  const env = { ...process.env, TMPDIR: home }
  const child = spawn(program, args, { stdio: ['ignore', log, log], cwd: home, env })
  let peak = 0
  const look = setInterval(() => {
    try {
      const [, kb = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1')) ?? []
      peak = Math.max(peak, Number(kb) / 1024)
    } catch {
      // Ended between two looks.
    }
  }, 50)
  const [code] = await once(child, 'exit')
  clearInterval(look)
  if (code !== 0)
    throw new Error(`${program} ended with ${code}:\n${readFileSync(join(home, 'log.txt'), 'utf8').slice(-2000)}`)
  return { seconds: (performance.now() - started) / 1000, peak }
}

async function bare(dump: string): Promise<Measured> {
  // With the locale of the drill's own database: text is sorted alike.
  psql('postgres', '-c', `create database bare template template0 lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`)
  try {
    return await measure(join(server.binDir, 'psql'), [
      '-X',
      '-q',
      '-o',
      '/dev/null',
      '-v',
      'ON_ERROR_STOP=1',
      '-f',
      dump,
      urlOf('bare'),
    ])
  } finally {
    psql('postgres', '-c', 'drop database bare with (force)')
  }
}

const drill = (dump: string, depth: string): Promise<Measured> =>
  measure(process.execPath, [
    packageFile(`${program}/main.js`),
    'drill',
    'restore',
    '--backup',
    dump,
    '--target-url',
    urlOf('scratch'),
    '--depth',
    depth,
  ])

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number

try {
  for (const name of ['source', 'scratch']) psql('postgres', '-c', `create database ${name}`)
  psql('postgres', '-c', `comment on database scratch is 'gatekit:scratch'`)
  psql('source', '-c', shop)
  const dump = join(home, 'shop.sql')
  execFileSync(join(server.binDir, 'pg_dump'), ['-f', dump, urlOf('source')])
  // As old as a backup usually is: a file of this minute is looked at twice, whether it still grows.
  const hourAgo = new Date(Date.now() - 3_600_000)
  await utimes(dump, hourAgo, hourAgo)
  psql('postgres', '-c', 'drop database source')
  console.log(`${rows} rows, ${(statSync(dump).size / 1e6).toFixed(0)} MB plain dump, ${rounds} rounds interleaved`)
  console.log('psql -f: into a database that is there, without ANALYZE')
  console.log('drill: the whole command, with its own database made and dropped, ANALYZE, proof and evidence')
  const seen: Record<string, Measured[]> = { 'psql -f': [], 'drill fast': [], 'drill full': [] }
  for (let round = 0; round < rounds; round++) {
    seen['psql -f']?.push(await bare(dump))
    seen['drill fast']?.push(await drill(dump, 'fast'))
    seen['drill full']?.push(await drill(dump, 'full'))
  }
  const base = median((seen['psql -f'] ?? []).map(({ seconds }) => seconds))
  for (const [name, measured] of Object.entries(seen)) {
    const seconds = measured.map((each) => each.seconds)
    const peak = Math.max(...measured.map((each) => each.peak))
    const all = seconds.map((each) => each.toFixed(1)).join(' ')
    console.log(
      `${name.padEnd(10)} ${median(seconds).toFixed(1).padStart(7)} s  ${(median(seconds) / base).toFixed(2)}x  peak ${peak.toFixed(0)} MB  (${all})`,
    )
  }
} finally {
  await server.stop()
  await rm(home, { recursive: true, force: true })
  await rm(packageFile(program), { recursive: true, force: true })
}
