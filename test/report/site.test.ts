import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { renderGatePage } from '../../src/report/html/gate-page.ts'
import { renderHistoryPage } from '../../src/report/html/history-page.ts'
import { renderIndexPage } from '../../src/report/html/index-page.ts'
import { writeStatusSite } from '../../src/report/html/site.ts'
import { renderStage6Page } from '../../src/report/html/stage6-page.ts'
import { emptyRun, failingRun, historyOf, hostileRun, makeCheck, makeGate, makeRun, passingRun } from './runs.ts'

async function project(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-site-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}

const texts = (page: string): string =>
  page
    .replace(/<title>.*?<\/title>|<[^>]+>/g, ' ')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')

test('the overview opens with the verdict, why, and the exit code, then says what was judged', () => {
  const page = texts(renderIndexPage(failingRun(), []))

  assert.match(page, /release on staging FAIL 2 required checks failed in 2 of 9 gates .* Exit code 1/)
  for (const fact of [
    'staging',
    'd20ace7f3b1e',
    'release/2026-03',
    'with uncommitted changes',
    '333333333333',
    '01JQ8ZK4T5N6M7P8Q9R0',
  ])
    assert.ok(page.includes(fact), fact)
  assert.match(page, /Valid until 2026-03-14 19:31 UTC/)
})

test('what went wrong comes before the gates, the worst first, with expected against actual', () => {
  const page = texts(renderIndexPage(failingRun(), []))
  const order = [
    'bundle-a/rate_limit',
    'stage4/plan_review',
    'stage3/cache',
    'stage3/database',
    'stage4/restore_drill',
    'Never evaluated',
    'Feature packs',
  ]
  const places = order.map((text) => page.indexOf(text))

  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  )
  assert.ok(!places.includes(-1))
  assert.match(page, /status of request 101 429 200/)
})

test('waivers with days left, flags with origins, gates that did not run and notes are on the overview', () => {
  const page = texts(renderIndexPage(failingRun(), []))

  assert.match(page, /bundle-a\/cors FAIL 5 days 2026-03-19 The partner portal .* SHOP-1421 alice, bob/)
  assert.match(page, /NOTIFY_MODE sandbox gatekit\.yaml:12/)
  assert.match(page, /Usage metering metering not part of profile release/)
  assert.match(page, /the working tree has uncommitted changes/)
})

test('a gate row tells planned, executed and floor and links to its page, its docs and its text', () => {
  const page = renderIndexPage(failingRun(), [], {
    toProject: '../..',
    gatePages: failingRun().gates.map((gate) => `gate-${gate.id}.html`),
    docs: () => 'docs.txt',
  })

  assert.match(texts(page), /API security bundle-a v0\.6\.0 FAIL 5 of 5 executed, floor 5/)
  for (const target of ['gate-bundle-a.html', 'docs.txt', '../../qa/bundle-a/v0.6.0/tests.txt'])
    assert.ok(page.includes(`href="${target}"`))
})

test('a gate page has attempts, findings, commands and evidence with its hash', () => {
  const page = renderGatePage(failingRun(), 1)

  assert.match(texts(page), /Attempts FAIL 4\.1s all 120 requests/)
  assert.match(texts(page), /See it again gatekit run bundle-a\/rate_limit curl -sS/)
  assert.match(page, /href="\.\.\/\.\.\/qa\/bundle-a\/v0\.6\.0\/evidence\/rate_limit\.http\.json"/)
  assert.ok(texts(page).includes('9'.repeat(64)))
  assert.throws(() => renderGatePage(emptyRun(), 0), RangeError)
})

test('only a pass is given a date in the banner; an empty run says that nothing was shown', () => {
  const banner = (page: string) => page.slice(page.indexOf('<section class="banner'), page.indexOf('</section>'))

  assert.match(banner(renderIndexPage(passingRun(), [])), /Valid until/)
  assert.doesNotMatch(banner(renderIndexPage(failingRun(), [])), /Valid until/)
  assert.match(texts(renderIndexPage(emptyRun(), [])), /No gate was evaluated, so nothing was shown to be right/)
})

test('a check that a partial run did not select is in the way only of a gate that did not pass', () => {
  const check = makeCheck('a', 'left_out', { status: 'NOT_SELECTED', reason: 'only what changed' })
  const pageOf = (status: 'PASS' | 'INCOMPLETE') =>
    renderIndexPage(makeRun([makeGate('a', 'A', [check], { status })]), [])

  assert.doesNotMatch(pageOf('PASS'), /What stands in the way/)
  assert.match(texts(pageOf('INCOMPLETE')), /Never evaluated .* a\/left_out NOT SELECTED only what changed/)
})

test('the history page counts per gate and lists runs, newest first', () => {
  const run = failingRun()
  const page = texts(renderHistoryPage(run, historyOf(run)))

  assert.match(page, /18 of the last 31 runs passed/)
  assert.match(page, /stage4 .{0,400}28 of 31 stage5/)
  assert.ok(page.indexOf('2026-03-14 15:31 UTC FAIL 1') < page.indexOf('2026-03-14 09:31 UTC PASS 0'))
})

test('nothing of a hostile run becomes markup, script, style or a foreign link on any page', () => {
  const run = hostileRun()
  const pages = [
    renderIndexPage(run, historyOf(run)),
    renderHistoryPage(run, historyOf(run)),
    ...run.gates.map((_, index) => renderGatePage(run, index)),
  ]

  for (const page of pages) {
    const tags = page.replace(/"[^"]*"/g, '""')
    assert.doesNotMatch(tags, /<(?:script|img|style|iframe|object)|<[^>]+\s(?:style|on\w+)=/)
    assert.doesNotMatch(page, /(?:href|src)="(?:javascript|data:[^,]|http:|\/)/)
    assert.doesNotMatch(page, /[\u0000-\u0008\u001b]|\p{Surrogate}/u)
  }
})

test('the Stage 6 page shows flags with defaults, how to run the gate and where it writes', () => {
  const page = texts(
    renderStage6Page(
      { stripeMock: false, stripeTest: true, notifyMode: 'sandbox', shadowCalls: false },
      { STRIPE_TEST: 'environment' },
    ),
  )

  assert.match(page, /STRIPE_MOCK 0 1 .* STRIPE_TEST 1 0 [^.]* environment NOTIFY_MODE sandbox mock/)
  assert.match(page, /npx gatekit stage6/)
  assert.match(page, /qa\/stage6\/v0\.6\.0\/tests\.json .* qa\/notify\/outbox\//)
})

test('the site is written whole; pages of gates that are gone disappear and foreign files stay', async (t) => {
  const root = await project(t)
  const dir = join(root, 'qa/status')
  await mkdir(join(root, 'docs'))
  await writeFile(join(root, 'docs/gates.md'), '# Gates')
  await writeStatusSite({ run: failingRun(), history: [], dir })
  await writeFile(join(dir, 'mine.html'), 'mine')

  const files = await writeStatusSite({
    run: makeRun([makeGate('only', 'Only', [makeCheck('only', 'x')])]),
    history: [],
    dir,
  })

  const names = (await readdir(dir)).sort()
  assert.deepEqual(names, [
    'docs-1-gates-md.txt',
    'gate-only.html',
    'history.html',
    'index.html',
    'mine.html',
    'status.css',
  ])
  assert.equal(files.at(-1), join(dir, 'index.html'))
  assert.equal(await readFile(join(dir, 'docs-1-gates-md.txt'), 'utf8'), '# Gates')
})

test('docs outside the project are not copied, and gates whose names collide keep their own pages', async (t) => {
  const root = await project(t)
  const gates = [
    makeGate('a b', 'One', [makeCheck('a b', 'x')], { docs: '../../../etc/passwd' }),
    makeGate('A-b', 'Two', [makeCheck('A-b', 'x')], { docs: 'https://example.com/two' }),
    makeGate('../x', 'Three', [makeCheck('../x', 'x')], { docs: 'missing.md' }),
  ]

  await writeStatusSite({ run: makeRun(gates), history: [], dir: join(root, 'qa/status') })

  const names = (await readdir(join(root, 'qa/status'))).filter((name) => /^(?:gate|docs)/.test(name)).sort()
  assert.deepEqual(names, ['gate--x.html', 'gate-A-b-2.html', 'gate-a-b.html'])
  assert.match(await readFile(join(root, 'qa/status/index.html'), 'utf8'), /href="https:\/\/example\.com\/two"/)
})

test('a check in quarantine has a badge, and the overview says whose it is and how long', () => {
  const quarantine = { owner: 'ann', ticket: 'OPS-9', until: '2026-01-05', daysLeft: 1 }
  const check = makeCheck('a', 'shaky', { status: 'FAIL', advisory: true, quarantine })
  const run = makeRun([makeGate('a', 'A', [check])])

  assert.match(texts(renderIndexPage(run, [])), /In quarantine .* a\/shaky FAIL 1 day 2026-01-05 OPS-9 ann/)
  assert.match(texts(renderGatePage(run, 0)), /Passed 0 of 1 .*quarantine, 1 day/)
  assert.doesNotMatch(texts(renderIndexPage(passingRun(), [])), /In quarantine/)
})
