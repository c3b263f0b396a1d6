import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pass } from '../../src/checks/define.ts'
import { lintProject } from '../../src/gates/lint.ts'
import { createManualClock } from '../../src/kernel/clock.ts'
import { actor, load, makeFolder } from './workshop.ts'

const command = actor('command', async () => pass())

test('lint names what is allowed and unwise, each at its place', async (t) => {
  const dir = await makeFolder(t, {
    'gatekit.yaml': `
version: 1
project: p
environments:
  prod: { mode: live, baseUrl: "http://api.example.test" }
profiles: { release: [g] }
gates:
  - id: g
    title: G
    minChecks: 2
    checks:
      - { id: a, title: A, type: command, run: { shell: "make | tee log" }, do: 1, skip: allowed }
  - { id: lost, title: L, checks: [{ id: b, type: say, says: PASS }] }
waivers:
  - { check: g/a, reason: r, ticket: OPS-1, approvedBy: [x], created: 2025-12-01, expires: 2025-12-31 }
`,
  })

  const warnings = lintProject(await load(dir, command), createManualClock(Date.UTC(2026, 0, 1)))

  assert.deepEqual(
    warnings.map(({ title, place }) => (place ? `${title} @ ${place.line}` : title)),
    [
      'gate g can never pass @ 8',
      'check g/a runs a shell @ 12',
      'check g/a has skip: allowed and no when @ 12',
      'check lost/b has no title @ 13',
      'waiver OPS-1 for g/a expired on 2025-12-31 @ 15',
      'environment prod is reached without TLS',
      'environment prod is live and does not tell its build',
      'gate lost is in no profile @ 13',
    ],
  )
})

test('lint finds nothing in a project that is in order', async (t) => {
  const dir = await makeFolder(t, {
    'gatekit.yaml':
      'version: 1\nproject: p\ngates: [{ id: g, title: G, checks: [{ id: a, title: A, type: say, says: PASS }] }]\n',
  })

  const warnings = lintProject(await load(dir), createManualClock())

  assert.deepEqual(warnings, [])
})

test('lint names what a promotion asks for and nobody has: profiles, gates, signers', async (t) => {
  const rules = (profile: string) =>
    `{ profile: ${profile}, evidenceProfile: release, signedBy: [ann, manager, nobody] }`
  const dir = await makeFolder(t, {
    'gatekit.yaml': `
version: 1
project: p
environments:
  dev: { mode: test, baseUrl: "https://dev.example.test" }
  staging: { mode: test, baseUrl: "https://staging.example.test", after: [dev], promotion: ${rules('enter')} }
  next: { mode: test, baseUrl: "https://next.example.test", after: [dev], promotion: ${rules('g')} }
signers: { ann: { key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGdhdGVraXQgdGVzdCBrZXkgb2Ygbm9ib2R5IGF0IGFs", roles: [manager] } }
profiles: { release: [h] }
gates:
  - { id: g, title: G, checks: [{ id: a, title: A, type: say, says: PASS }] }
  - { id: h, title: H, checks: [{ id: b, title: B, type: say, says: PASS }] }
`,
  })

  const titles = lintProject(await load(dir), createManualClock()).map(({ title }) => title)

  const stranger = (name: string) =>
    `environment ${name} wants a signature of "nobody", and no signer has that name or role`
  assert.deepEqual(titles, [
    'environment staging is promoted into by "enter", which is no profile and no gate',
    stranger('staging'),
    stranger('next'),
  ])
})
