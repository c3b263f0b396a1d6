import type { ChalkInstance } from 'chalk'
import type { TimelineEntry } from '../history/timeline.ts'
import type { Verdict } from '../verdict.ts'
import type { PaymentsReport, ProbeReport } from './define.ts'

const columns = 100
/** More than this is never read; the HTML page has all of it. */
const mostLines = 24

/** The table of all probes, the findings with their timelines, and the verdict last. */
export function renderText(report: PaymentsReport, paint: ChalkInstance): string {
  const findings = report.probes.filter(({ verdict }) => verdict === 'RED')
  const advice = report.probes.filter(({ verdict }) => verdict === 'YELLOW')
  return [
    ...report.probes.map((probe) => row(probe, paint)),
    ...findings.flatMap((probe) => ['', ...finding(probe, paint)]),
    ...advice.flatMap((probe) => ['', ...finding(probe, paint)]),
    '',
    closing(report, paint),
  ].join('\n')
}

const colour = (paint: ChalkInstance, verdict: Verdict) =>
  ({ RED: paint.red, GREEN: paint.green, YELLOW: paint.yellow, 'N/A': paint.dim, UNMEASURED: paint.dim })[verdict]

function row({ id, verdict, title, reason }: ProbeReport, paint: ChalkInstance): string {
  const text = verdict === 'GREEN' ? title : `${title}: ${reason}`
  return `${colour(paint, verdict)(verdict.padEnd(10))}  ${id.padEnd(5)}  ${text}`
}

function finding(probe: ProbeReport, paint: ChalkInstance): string[] {
  const { verdict, id, title, reason, rule, source, want, got, harm, reproduced } = probe
  const where = source[0] && `${source[0].text}${source[0].url ? ` ${source[0].url}` : ''}`
  return [
    `${colour(paint, verdict).bold(verdict)}  ${paint.bold(`${id} ${reason}`)}`,
    paint.dim(`  ${title}${reproduced ? `; reproduced ${reproduced.times}/${reproduced.of}` : ''}`),
    ...wrap(`  rule   ${rule}`, '         '),
    ...(where ? [paint.dim(`         ${where}`)] : []),
    ...renderTimeline(probe.timeline ?? []).map((text) => `  ${text}`),
    ...(want === undefined ? [] : [`  want   ${want}`]),
    ...(got === undefined ? [] : [`  got    ${got}${harm ? `: ${paint.red(harm)}` : ''}`]),
  ]
}

/** `t+18  -> payment_intent.succeeded  evt_p1_cap  4999 usd  <- 200 (4 ms)`, states behind what led to them. */
export function renderTimeline(entries: readonly TimelineEntry[]): string[] {
  const lines = entries.map((entry) => {
    const answer = entry.status === undefined ? '' : `  <- ${entry.status}`
    const took = entry.tookMs === undefined ? '' : ` (${entry.tookMs} ms)`
    const at = entry.atMs === undefined ? '' : `t+${entry.atMs}`
    const mark = entry.kind === 'state' ? '   state: ' : entry.kind === 'process' || entry.kind === 'fault' ? ' ! ' : ''
    return `${at.padEnd(7)}${mark}${entry.text}${answer}${took}`
  })
  if (lines.length <= mostLines) return lines
  const left = lines.length - mostLines
  return [...lines.slice(0, mostLines / 2), `… ${left} more …`, ...lines.slice(-mostLines / 2)]
}

function closing({ summary, exploration, tookMs, seed, dead, exitCode }: PaymentsReport, paint: ChalkInstance): string {
  const counts = Object.entries(summary)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`)
  const played = exploration.histories > 0 ? `, ${exploration.histories} histories` : ''
  const verdict =
    exitCode === 1 ? paint.red.bold('RED') : exitCode === 0 ? paint.green.bold('GREEN') : paint.bold('UNMEASURED')
  const why = dead ? ` (${dead})` : ''
  return `${verdict}${why}  ${counts.join(', ')}${played}, seed ${seed}, ${(tookMs / 1000).toFixed(1)} s`
}

/** Breaks a text into lines; the second and all after it are indented. */
function wrap(text: string, indent: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.trimStart().split(' ')) {
    const start = lines.length === 0 ? text.slice(0, text.length - text.trimStart().length) : indent
    const longer = line === '' ? `${start}${word}` : `${line} ${word}`
    if (line !== '' && longer.length > columns) {
      lines.push(line)
      line = `${indent}${word}`
    } else line = longer
  }
  return [...lines, line]
}
