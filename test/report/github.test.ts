import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSecrets } from '../../src/kernel/secrets.ts'
import { githubReporter } from '../../src/report/github.ts'
import { renderAnnotations, renderMasks, renderOutputs } from '../../src/report/github-commands.ts'
import { emptyRun, failingRun, hostile, hostileRun, makeCheck, makeGate, makeRun, passingRun } from './runs.ts'

const withoutBlocks = (markdown: string): string => markdown.replace(/^(`{3,})text\n[\s\S]*?^\1$/gm, '')

test('the summary opens with the verdict and its exit code, then a row per gate, then only what went wrong', () => {
  const text = githubReporter.render(failingRun())

  assert.match(text, /^### ❌ FAIL · release \(exit 1\)\n/)
  assert.match(text, /\| <code>stage4<\/code> \| 🟠 STALE \| 3\/4 \|/)
  assert.match(text, /<details>\n<summary>❌ FAIL <code>bundle-a\/rate&#95;limit<\/code>/)
  assert.ok(!text.includes('auth&#95;required'))
  assert.match(text, /5 days left/)
})

test('a passing run has no details, an empty one says that nothing was evaluated', () => {
  assert.ok(!githubReporter.render(passingRun()).includes('<details>'))
  assert.match(githubReporter.render(emptyRun()), /INCOMPLETE · release \(exit 4\)[\s\S]*No gate was evaluated/)
})

test('a summary too long for GitHub is cut with a count instead of being dropped whole', () => {
  const checks = Array.from({ length: 2_000 }, (_, index) =>
    makeCheck('a', `check${index}`, {
      status: 'FAIL',
      findings: [{ subject: 's', expected: 'é'.repeat(900), actual: 'b' }],
    }),
  )

  const text = githubReporter.render(
    makeRun([makeGate('a', 'A', checks, { status: 'FAIL' })], { status: 'FAIL', exitCode: 1 }),
  )

  assert.ok(Buffer.byteLength(text) <= 900 * 1024)
  assert.ok(Buffer.byteLength(text) > 800 * 1024)
  assert.match(text, /_\d+ more entries: see tests.txt_\n$/)
})

test('hostile text is shown, never obeyed: no tag, no link, no mention, no cell of its own', () => {
  const text = withoutBlocks(githubReporter.render(hostileRun()))

  assert.ok(!/<script|<img|\]\(|@everyone|https:\/\/evil/.test(text))
  const [header, , ...rows] = text.split('\n').filter((line) => line.startsWith('|'))
  const cells = (line = '') => line.split('|').length
  for (const row of rows) assert.equal(cells(row), cells(header))
})

test('an annotation names the gate file, the line and the check', () => {
  const lines = renderAnnotations(failingRun()).trimEnd().split('\n')

  assert.ok(
    lines[0]?.startsWith('::error file=gates/bundle-a.gate.yaml,line=12,title=bundle-a/rate_limit::FAIL: expected 429'),
  )
  assert.ok(
    lines.some((line) =>
      line.startsWith('::error file=plans/staging.tfplan.json,line=1204,title=stage4/plan_review::'),
    ),
  )
  assert.ok(lines.some((line) => line.startsWith('::warning ') && line.includes('bundle-a/cors')))
  assert.equal(renderAnnotations(passingRun()), '')
})

test('ten errors at most, and a line that says how many more there are', () => {
  const checks = Array.from({ length: 25 }, (_, index) => makeCheck('a', `check${index}`, { status: 'FAIL' }))

  const lines = renderAnnotations(makeRun([makeGate('a', 'A', checks, { status: 'FAIL' })]))
    .trimEnd()
    .split('\n')

  assert.equal(lines.filter((line) => line.startsWith('::error ')).length, 10)
  assert.match(lines[10] ?? '', /^::notice title=gatekit::15 more errors/)
})

test('text of the system under test cannot start a workflow command or a property of one', () => {
  const findings = [{ subject: '::error::owned', expected: hostile, actual: hostile }]
  const place = { file: 'a,line=1::b%0A.yaml', line: 3, column: 1 }
  const check = makeCheck('a', 'x', { status: 'FAIL', reason: hostile, place, findings })

  const text = renderAnnotations(makeRun([makeGate('a', 'A', [check], { status: 'FAIL' })]))

  assert.match(text, /^::error file=a%2Cline=1%3A%3Ab%250A.yaml,line=3,title=a\/x::FAIL: [^\n]*\n$/)
  assert.ok(!/(?:^|\n)::error file=x::owned/.test(text))
})

test('every form of a secret is masked before anything is printed', () => {
  const secrets = createSecrets()
  secrets.add('KEY', 'pass/word 1')
  secrets.add('PEM', 'first line of it\nsecond line of it')

  const lines = renderMasks(secrets).trimEnd().split('\n')

  for (const form of [
    'pass/word 1',
    'pass%252Fword%25201',
    Buffer.from('pass/word 1').toString('hex'),
    'first line of it',
  ])
    assert.ok(lines.includes(`::add-mask::${form}`), form)
  assert.ok(lines.every((line) => line.startsWith('::add-mask::')))
})

test('outputs are one line each', () => {
  const run = makeRun([], { status: 'FAIL', exitCode: 1, runId: 'a\nverdict=PASS' })

  assert.equal(
    renderOutputs(run, { 'tests-json': 'qa/a/tests.json' }),
    'verdict=FAIL\nexit-code=1\nrun-id=a verdict=PASS\ntests-json=qa/a/tests.json\n',
  )
})
