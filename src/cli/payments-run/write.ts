import { join } from 'node:path'
import { GatekitError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { writeFileAtomic } from '../../kernel/files.ts'
import type { Contract } from '../../payments/contract/schema.ts'
import type { PaymentsReport } from '../../payments/report/define.ts'
import { renderJson } from '../../payments/report/json.ts'
import { renderJunit } from '../../payments/report/junit.ts'
import { renderFindingPage, renderIndexPage } from '../../payments/report/page.ts'
import { renderReplay } from '../../payments/report/replay.ts'
import { renderReproduction } from '../../payments/report/reproduction.ts'
import { renderSarif } from '../../payments/report/sarif.ts'
import { statusStylesheet } from '../../report/html/stylesheet.ts'
import type { PaymentsOptions } from './options.ts'

type File = [path: string, text: string]

/**
 * Writes what was asked for, and for every finding what makes it repeatable: the history, a script, a page. Returns the paths that a
 * person wants to know.
 */
export async function writeReports(
  report: PaymentsReport,
  contract: Contract,
  { out, json, reporters }: Pick<PaymentsOptions, 'out' | 'json' | 'reporters'>,
): Promise<string[]> {
  const files: File[] = []
  const shown: string[] = []
  const add = (path: string, text: string, isShown = false) => {
    files.push([path, text])
    if (isShown) shown.push(path)
  }
  if (typeof json === 'string') add(json, renderJson(report), true)
  if (reporters.includes('junit')) add(join(out, 'junit.xml'), renderJunit(report), true)
  if (reporters.includes('sarif')) add(join(out, 'gatekit.sarif'), renderSarif(report), true)
  const found = report.probes.filter(({ verdict }) => verdict === 'RED' || verdict === 'YELLOW')
  if (reporters.includes('html') || found.length > 0) {
    add(join(out, 'status.css'), statusStylesheet())
    add(join(out, 'index.html'), renderIndexPage(report), true)
  }
  for (const probe of found) {
    add(join(out, `${probe.id}.html`), renderFindingPage(probe))
    add(join(out, `${probe.id}.replay.json`), renderReplay(probe, report.seed))
    const script = renderReproduction(probe, contract)
    if (script !== undefined) add(join(out, `${probe.id}.repro.mjs`), script)
  }
  for (const [path, text] of files) await write(path, text)
  return shown
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFileAtomic(path, text)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new GatekitError(
      { title: `${path} cannot be written (${code})`, remedy: 'make it writable' },
      exitCodes.undecided,
    )
  }
}
