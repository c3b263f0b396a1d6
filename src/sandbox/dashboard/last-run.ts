import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Verdict } from '../../kernel/record.ts'
import { html, type Markup } from '../../report/html/markup.ts'
import { statusIcon, toneOf } from '../../report/html/status-mark.ts'
import { showTime } from '../../report/html/time.ts'
import { oneLine } from '../../report/plain-text.ts'

/** What the last gate run decided, and where to read about it. */
export interface LastRun {
  status: Verdict
  profile: string
  reason: string
  finishedAt: string
  href: string | undefined
  /** Changes with the file. */
  version: string
}

/** Reads `qa/run.json` when it has changed; undefined while there is no run, or none that can be read. */
export function createLastRun(qaDir: string): () => Promise<LastRun | undefined> {
  let known: LastRun | undefined
  return async () => {
    const path = join(qaDir, 'run.json')
    const found = await stat(path).catch(() => undefined)
    if (!found) return undefined
    const version = `${found.mtimeMs}-${found.size}`
    if (known?.version === version) return known
    const page = await stat(join(qaDir, 'status', 'index.html')).catch(() => undefined)
    known = parse(await readFile(path, 'utf8').catch(() => ''), page && '/qa/status/index.html', version)
    return known
  }
}

function parse(text: string, href: string | undefined, version: string): LastRun | undefined {
  try {
    const run = JSON.parse(text) as Record<string, unknown>
    const read = (name: string): string => oneLine(typeof run[name] === 'string' ? (run[name] as string) : '')
    return {
      status: read('status') as Verdict,
      profile: read('profile'),
      reason: read('reason'),
      finishedAt: read('finishedAt'),
      href,
      version,
    }
  } catch {
    return undefined
  }
}

/** The strip on top of every page. */
export function lastRunBar(run: LastRun | undefined): Markup {
  if (!run)
    return html`<aside class="last-run" id="last-run" data-live aria-label="Last gate run"><p>No gate has run yet. <code>npx gatekit run-all</code> runs them all.</p>
      <p class="last-run-links"><a href="/stage6_status.html">Provider flags</a></p></aside>`
  const { status, profile, reason, finishedAt, href } = run
  return html`<aside class="last-run ${toneOf(status)}" id="last-run" data-live aria-label="Last gate run">
    <p><strong class="mark">${statusIcon(status)} ${status}</strong> <span class="last-run-what">${profile}${reason && `: ${reason}`}</span> <span class="last-run-time">${showTime(finishedAt)}</span></p>
    <p class="last-run-links">${href && html`<a href="${href}">Status of the gates</a>`} <a href="/stage6_status.html">Provider flags</a></p></aside>`
}
