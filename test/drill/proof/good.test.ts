import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { need } from '../../support/need.ts'
import { good } from './odd-databases.ts'
import { openWorkshop, type Workshop } from './restored.ts'

let workshop: Workshop
before(async () => {
  if (need('postgres').skip === false) workshop = await openWorkshop()
})
after(() => workshop?.stop())

for (const [title, { sql, options, settings, wanted }] of Object.entries(good)) {
  test(`no false alarm: ${title}`, need('postgres'), async () => {
    const dump = workshop.dump(sql, options, settings)
    const outcome = await workshop.restore(dump, wanted)
    assert.deepEqual(
      outcome.wrong,
      [],
      JSON.stringify([outcome.proven.findings, outcome.checked.findings, outcome.probed.findings], null, 1),
    )
    if (wanted?.depth !== 'fast') assert.ok(outcome.proven.tables.every(({ equal }) => equal !== false))
  })
}
