import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeEvidence } from '../../../src/drill/evidence/write.ts'
import { renderDrillPage } from '../../../src/drill/page/drill-page.ts'
import { writeDrillPage } from '../../../src/drill/page/write-page.ts'
import { writeStatusSite } from '../../../src/report/html/site.ts'
import { passingRun } from '../../report/runs.ts'
import { passed } from '../evidence/record.ts'

test('the page shows the verdict, the phases, the budgets, the tables and earlier drills, and runs nothing', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-page-'))
  const record = passed()
  await writeEvidence({ dir, record, validForMs: 86_400_000 })
  const path = await writeDrillPage(record, { evidenceDir: dir, siteDir: join(dir, 'status') })
  const page = await readFile(path, 'utf8')
  await rm(dir, { recursive: true, force: true })

  for (const text of [
    'everything held',
    'provision',
    'restore',
    'RTO',
    'RPO',
    'public.cards',
    'shop_20260105.dump',
    'Earlier drills',
    'Good until',
  ])
    assert.ok(page.includes(text), text)
  assert.match(page, /<rect class="pass" x="\d+" y="\d+" width="\d+"/)
  assert.match(page, /default-src &#39;none&#39;; style-src &#39;self&#39;/)
  assert.doesNotMatch(page, /<script|style="|onload|javascript:/i)
})

const linksOf = async (path: string): Promise<string[]> => {
  const [navigation = ''] = /<nav aria-label="Pages">.*?<\/nav>/s.exec(await readFile(path, 'utf8')) ?? []
  return [...navigation.matchAll(/href="([^"]*)"( aria-current="page")?/g)].map(
    ([, target, current]) => target + (current ? ' (here)' : ''),
  )
}

for (const order of ['a drill before a run', 'a run before a drill'])
  test(`the pages of runs and of drills lead to each other and to nothing that is not there: ${order}`, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'gatekit-page-'))
    const [siteDir, run] = [join(dir, 'qa/status'), passingRun()]
    const drill = () => writeDrillPage(passed(), { evidenceDir: join(dir, 'none'), siteDir })
    const site = () => writeStatusSite({ run, history: [], dir: siteDir })
    const [first, second] = order.startsWith('a drill') ? [drill, site] : [site, drill]
    try {
      const [page] = [await first()].flat()
      const alone = await linksOf(first === drill ? page! : join(siteDir, 'index.html'))
      await second()
      const gate = `gate-${run.gates[0]!.id}.html`

      assert.deepEqual(alone, first === drill ? ['drill.html (here)'] : ['index.html (here)', 'history.html'])
      assert.deepEqual(await linksOf(join(siteDir, 'index.html')), ['index.html (here)', 'history.html', 'drill.html'])
      assert.deepEqual(await linksOf(join(siteDir, 'drill.html')), ['index.html', 'history.html', 'drill.html (here)'])
      assert.deepEqual(await linksOf(join(siteDir, gate)), ['index.html', 'history.html', 'drill.html'])
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  })

test('names of a hostile backup stay text', () => {
  const hostile = '<img src=x onerror=alert(1)>'
  const record = passed({
    status: 'FAIL',
    exitCode: 1,
    code: 'TABLE_MISSING',
    reason: hostile,
    findings: [{ code: 'TABLE_MISSING', stage: 'check', object: hostile, message: hostile, exit: 1 }],
  })
  const page = renderDrillPage(record, undefined, [])
  assert.ok(!page.includes('<img'))
  assert.ok(page.includes('&#60;img'))
})

test('a drill that came to nothing has a page all the same', () => {
  const { evidence } = passed()
  const page = renderDrillPage(
    passed({ status: 'COULD_NOT_VERIFY', exitCode: 3, phases: [], evidence: { ...evidence, tables: [] } }),
    undefined,
    [],
  )
  assert.match(page, /No phase was reached/)
})
