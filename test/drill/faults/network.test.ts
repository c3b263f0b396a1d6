import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { need } from '../../support/need.ts'
import { smallDump } from '../reading/small-dump.ts'
import { drillBackup, keep } from './backups.ts'

let dir: string
let listener: Server
/** Connections that somebody made. */
let reached = 0
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatekit-network-'))
  await chmod(dir, 0o711)
  listener = createServer((socket) => {
    reached++
    socket.destroy()
  })
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done))
})
after(async () => {
  listener.close()
  await rm(dir, { recursive: true, force: true })
})

/** What ways a backup has to another server, each tried as its owner and as a role that it gave privileges to. */
const payload = (port: number): string => {
  const target = `host=127.0.0.1 port=${port} user=a password=b dbname=c connect_timeout=2`
  const attempts = [
    `select * from dbl' || 'ink(''${target}'', ''select 1'') as t(a int)`,
    `select dbl' || 'ink_connect(''${target}'')`,
    `select dbl' || 'ink_exec(''${target}'', ''select 1'')`,
    `grant usage on foreign data wrapper postgres_fdw to somebody`,
    `create ser' || 'ver s foreign data wrapper postgres_fdw options (host ''127.0.0.1'', port ''${port}'')`,
    `create user mapping for public ser' || 'ver s options (user ''a'', password ''b'')`,
    `create foreign table evil.f (a int) ser' || 'ver s`,
    `select * from evil.f`,
  ]
  const tried = attempts.map((sql) => `begin execute '${sql}'; exception when others then null; end;`)
  const block = `DO $$ begin ${tried.join('\n')} end $$;`
  return `
CREATE SCHEMA evil;
GRANT ALL ON SCHEMA evil TO somebody;
ALTER DEFAULT PRIVILEGES FOR ROLE gatekit_superuser GRANT ALL ON FUNCTIONS TO somebody;
CREATE EXTENSION dblink WITH SCHEMA public;
CREATE EXTENSION postgres_fdw WITH SCHEMA public;
ALTER FUNCTION public.U&"dblin\\006b"(text, text) OWNER TO somebody;
GRANT ALL ON FUNCTION public.dblink_connect(text), public.dblink_connect_u(text) TO somebody;
GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO somebody, PUBLIC;
GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw, dblink_fdw TO somebody, PUBLIC;
SET search_path = public;
${block}
SET ROLE somebody;
${block}
RESET ROLE;
SET search_path = '';
`
}

const drill = async (sql: string) => {
  const dump = smallDump.replace('COPY public', () => `${sql}\nCOPY public`)
  return drillBackup(dir, { backup: await keep(dir, 'b.sql', Buffer.from(dump)) })
}

test('a backup reaches no other server while it is restored, whatever it asks for', need('postgres'), async () => {
  const { port } = listener.address() as AddressInfo
  const { exitCode, findings } = await drill(payload(port))
  assert.equal(reached, 0)
  assert.equal(exitCode, 0, JSON.stringify(findings))
  assert.match(JSON.stringify(findings), /privileges on functions that reach out of the database were left out/)
})
