import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeEvidence } from '../../../src/drill/evidence/write.ts'
import { renderDrillPage } from '../../../src/drill/page/drill-page.ts'
import { writeDrillPage } from '../../../src/drill/page/write-page.ts'
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
