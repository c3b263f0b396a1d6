import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SaxesParser } from 'saxes'
import { reporters } from '../../src/report/list.ts'
import { makeProject, runCli } from '../support/cli.ts'
import { startServer } from '../support/http-server.ts'
import { need } from '../support/need.ts'
import { startPostgres } from '../support/postgres.ts'
import { createSocketJournal } from '../support/socket-journal.ts'

const hostile = '</script><script>alert(1)</script>]]>\u001b[31m<img src=x onerror=alert(1)>\n::error::owned\n| a | b |'

/** A plain dump as pg_dump writes it. */
const dump = (cards: string[], rest = ''): string => `--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';

CREATE TABLE public.cards (
    id integer NOT NULL,
    name text
);

CREATE TABLE public.complaints (
    id integer NOT NULL
);

COPY public.cards (id, name) FROM stdin;
${cards.join('\n')}
\\.

COPY public.complaints (id) FROM stdin;
\\.
${rest}
--
-- PostgreSQL database dump complete
--
`

const webhook = (path: string) =>
  `{ id: once, type: webhook, provider: stripe, endpoint: ${path}, secret: { env: STRIPE_WEBHOOK_SECRET }, event: { type: charge.succeeded, object: { id: ch_1, object: charge } }, deliver: { sequential: 2, concurrent: 4 }, probe: { http: { path: /packs, count: $.packs } }, settle: 2s, quiet: 50ms, expect: { effects: 1 } }`

test('a doubled webhook that was acknowledged, a hostile answer and an honestly empty table are told for what they are', async (t) => {
  let packs = 0
  const url = await startServer(t, (request, answer) => {
    if (request.url === '/hook') packs++
    answer.writeHead(200, { 'content-type': 'text/html' })
    answer.end(request.url === '/packs' ? JSON.stringify({ packs }) : hostile)
  })
  const gate = (id: string, check: string) => `  - { id: ${id}, checks: [${check}] }`
  const config = [
    'version: 1',
    'project: case',
    'gates:',
    gate('hook', webhook('/hook')),
    gate(
      'answer',
      '{ id: page, type: http, request: { path: / }, expect: { status: 200, body: { contains: welcome } } }',
    ),
    gate(
      'restore',
      '{ id: shop, type: drill, backup: shop.sql, engine: pglite, depth: fast, expect: { restores: true, tables: { cards: 2 } } }',
    ),
  ]
  const dir = await makeProject(t, {
    'gatekit.yaml': `${config.join('\n')}\n`,
    'shop.sql': dump(['1\tace', '2\tking']),
    summary: '',
  })
  const journal = createSocketJournal(dir)

  const { code, stdout, stderr } = await runCli(
    dir,
    ['run-all', '--base-url', url, '--reporter', Object.keys(reporters).join(',')],
    {
      ...journal.env,
      STRIPE_WEBHOOK_SECRET: `whsec_${'0123456789abcdef'.repeat(2)}`,
      GITHUB_STEP_SUMMARY: join(dir, 'summary'),
    },
  )

  assert.equal(code, 1, stderr)
  const results = (id: string) => JSON.parse(readFileSync(join(dir, `qa/${id}/v1.0.0/tests.json`), 'utf8'))
  const { once } = results('hook').hook_v1_0_0
  assert.deepEqual([results('hook').gatekit.exitCode, once.status], [1, 'FAIL'])
  assert.match(JSON.stringify(once.findings), /effects/)
  assert.deepEqual([results('answer').gatekit.exitCode, results('answer').answer_v1_0_0.page.status], [1, 'FAIL'])
  assert.deepEqual([results('restore').gatekit.exitCode, results('restore').status], [0, 'PASS'], stderr)

  assert.doesNotMatch(stdout + stderr, /\u001b|^::error::owned/m)
  const site = join(dir, 'qa/status')
  const pages = readdirSync(site).filter((name) => name.endsWith('.html'))
  const unfenced = readFileSync(join(dir, 'summary'), 'utf8').replace(/^(`{3,})text\n[\s\S]*?^\1$/gm, '')
  for (const text of [...pages.map((name) => readFileSync(join(site, name), 'utf8')), unfenced])
    assert.doesNotMatch(text, /<script|<img src=x/i)
  new SaxesParser().write(readFileSync(join(dir, 'qa/reports/junit.xml'), 'utf8')).close()

  assert.deepEqual(journal.hosts(), ['127.0.0.1'], 'nobody was spoken to but the backend that was given')
})

test('the journal of sockets would have told of anybody else', async (t) => {
  const dir = await makeProject(t)
  const journal = createSocketJournal(dir)
  const program = `require('node:net').connect(9, '192.0.2.1').on('error', () => {}).destroy()
    fetch('http://telemetry.invalid/').catch(() => {})`

  spawnSync(process.execPath, ['-e', program], { env: { ...process.env, ...journal.env } })

  assert.deepEqual(journal.hosts(), ['192.0.2.1', 'telemetry.invalid'])
})

test(
  'a restore that was rolled back is no pass, however well the old tables look: exit 6 beside them, else exit 1',
  need('postgres'),
  async (t) => {
    const server = await startPostgres()
    t.after(() => server.stop())
    const psql = (sql: string) =>
      execFileSync(join(server.binDir, 'psql'), ['-X', '-At', '-c', sql, server.url], { encoding: 'utf8' }).trim()
    const key = 'ALTER TABLE ONLY public.cards ADD CONSTRAINT cards_pkey PRIMARY KEY (id);\n'
    const dir = await makeProject(t, { 'shop.sql': dump(['1\tace', '1\tking'], key) })
    const drill = async () => {
      const args = ['drill', 'restore', '--backup', 'shop.sql', '--target-url', server.url, '--json']
      const { code, stdout } = await runCli(dir, args)
      const { status, code: finding } = JSON.parse(stdout)
      return [code, status, finding]
    }
    psql("comment on database postgres is 'gatekit:scratch'")

    psql('create table cards as select n as id from generate_series(1, 500) as n')
    assert.deepEqual(await drill(), [6, 'REFUSED', 'TARGET_NOT_EMPTY'])
    assert.equal(psql('select count(*) from cards'), '500')

    psql('drop table cards')
    assert.deepEqual(await drill(), [1, 'FAIL', 'CONSTRAINT_FAILED'])
  },
)
