import { join } from 'node:path'
import { writeFileAtomic } from '../../kernel/files.ts'
import { linkPages } from '../../report/html/navigation.ts'
import { statusStylesheet } from '../../report/html/stylesheet.ts'
import { readEvidence } from '../evidence/folder.ts'
import { readDrillHistory } from '../evidence/history.ts'
import type { DrillRecord } from '../record.ts'
import { renderDrillPage } from './drill-page.ts'

/**
 * Writes `drill.html` and its stylesheet into the status site; returns its path. `record` is redacted already. Of the pages beside it
 * nothing but their navigation changes.
 */
export async function writeDrillPage(
  record: DrillRecord,
  { evidenceDir, siteDir, key }: { evidenceDir: string; siteDir: string; key?: string },
): Promise<string> {
  const history = await readDrillHistory(evidenceDir, key === undefined ? {} : { key })
  const [newest] = await readEvidence(evidenceDir, 1)
  const isOwn = newest?.evidence?.drill.drillId === record.drillId
  await writeFileAtomic(join(siteDir, 'status.css'), statusStylesheet())
  const path = join(siteDir, 'drill.html')
  await writeFileAtomic(path, renderDrillPage(record, isOwn ? newest.evidence?.validUntil : undefined, history))
  await linkPages(siteDir)
  return path
}
