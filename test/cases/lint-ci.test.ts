import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeProject, runCli } from '../support/cli.ts'

/** The workflow of a first user, with what was wrong with it. */
const lying = `on: push
jobs:
  stage6:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
      - run: |
          nohup npm start &
          sleep 3
          npx gatekit stage6 || true
      - uses: actions/upload-artifact@v4
        with: { name: stage6, path: qa/ }
`

test('a lying workflow is shown with carets and exit code 1', async (t) => {
  const dir = await makeProject(t, { '.github/workflows/stage6.yml': lying })
  const { code, stdout, stderr } = await runCli(dir, ['lint-ci'])
  assert.equal(code, 1)
  assert.match(stderr, /\.github\/workflows\/stage6\.yml:11:30/)
  assert.match(stderr, /\|\| true\n.*\^{7} or-true/)
  assert.match(stdout, /^1 workflows, 1 gatekit commands, 5 findings, 1 notes$/m)
  const json = JSON.parse((await runCli(dir, ['lint-ci', '--json'])).stdout)
  assert.deepEqual(
    json.findings.map(({ rule }: { rule: string }) => rule),
    ['no-timeout', 'unpinned-version', 'sleep', 'or-true', 'upload-not-always', 'upload-may-be-empty'],
  )
})

test('nothing to judge is no pass: without a workflow, and without gatekit in one', async (t) => {
  const dir = await makeProject(t, { 'other.yml': 'jobs: { a: { steps: [{ run: make }] } }', 'bad.yml': 'a: [' })
  const empty = await runCli(dir, ['lint-ci'])
  assert.equal(empty.code, 4)
  assert.match(empty.stdout, /^NO DATA/)
  assert.equal((await runCli(dir, ['lint-ci', 'other.yml'])).code, 4)
  assert.equal((await runCli(dir, ['lint-ci', 'bad.yml'])).code, 1)
  assert.equal((await runCli(dir, ['lint-ci', 'none.yml'])).code, 2)
})

test('the workflows that gatekit ships and its own do not lie', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { code, stderr } = await runCli(root, [
    'lint-ci',
    '.github/workflows',
    'docs/ci/github.yml',
    'docs/ci/github-shards.yml',
    'docs/ci/gitlab.yml',
  ])
  assert.equal(code, 0, stderr)
})
