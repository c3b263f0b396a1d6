import { html, type Markup } from '../../report/html/markup.ts'
import type { TimelineEntry } from '../history/timeline.ts'

const width = 960
const top = 56
const step = 44
const lanes = { provider: 110, backend: 480, effects: 800 } as const
/** A picture with more rows tells nothing any more; the list below it has all of them. */
const mostRows = 40

/** The history as a picture: what the provider sends, what the backend answers and does, what was observed; time runs down. */
export function renderPicture(timeline: readonly TimelineEntry[], label: string): Markup {
  const rows = timeline.slice(0, mostRows)
  const height = top + rows.length * step + 24
  const heads = Object.entries(lanes).map(
    ([name, x]) => html`<text x="${x}" y="24" text-anchor="middle" font-weight="bold" fill="currentColor">${name}</text>
<line x1="${x}" y1="36" x2="${x}" y2="${height - 8}" stroke="currentColor" stroke-opacity="0.35"/>`,
  )
  return html`<svg viewBox="0 0 ${width} ${height}" width="100%" role="img" aria-label="${label}" font-size="13">
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>
${heads}
${rows.map((entry, index) => rowOf(entry, top + index * step))}
</svg>`
}

function rowOf(entry: TimelineEntry, y: number): Markup {
  const at = entry.atMs === undefined ? '' : `t+${entry.atMs} ms`
  if (entry.kind === 'deliver') return arrow(entry, at, y)
  if (entry.kind === 'state')
    return html`<rect x="${lanes.effects - 140}" y="${y - 4}" width="280" height="26" rx="4" fill="currentColor" fill-opacity="0.1"/>
<text x="${lanes.effects}" y="${y + 14}" text-anchor="middle" fill="currentColor">${entry.text}</text>`
  return html`<circle cx="${lanes.backend}" cy="${y + 8}" r="6" fill="#c62828"/>
<text x="${lanes.backend + 14}" y="${y + 13}" fill="currentColor">${entry.text}</text>`
}

const arrow = (entry: TimelineEntry, at: string, y: number): Markup => {
  const middle = (lanes.provider + lanes.backend) / 2
  const isBad = typeof entry.status !== 'number' || entry.status >= 300
  return html`<line x1="${lanes.provider}" y1="${y + 8}" x2="${lanes.backend}" y2="${y + 8}" stroke="currentColor" marker-end="url(#tip)"/>
<text x="${middle}" y="${y + 2}" text-anchor="middle" fill="currentColor">${entry.text.replace(/^-> /, '')}</text>
<text x="${lanes.backend + 12}" y="${y + 12}" fill="${isBad ? '#c62828' : 'currentColor'}">${entry.status ?? ''}</text>
<text x="${lanes.provider - 10}" y="${y + 12}" text-anchor="end" fill="currentColor" fill-opacity="0.7">${at}</text>`
}
