import { html, link, type Markup } from '../../report/html/markup.ts'
import { renderDocument } from '../../report/html/page.ts'
import type { PaymentsReport, ProbeReport } from './define.ts'
import { renderPicture } from './picture.ts'
import { renderTimeline } from './text.ts'

/** The page of one finding: what was seen, the rule, the picture of the history, and how to see it again. Needs `status.css` beside it. */
export function renderFindingPage(probe: ProbeReport): string {
  const { id, verdict, title, reason, rule, source, guard, want, got, harm, reproduced, timeline = [] } = probe
  const main = html`<h1>${id}: ${reason}</h1>
<p><strong>${verdict}</strong> ${title}${reproduced && html`, reproduced ${reproduced.times} of ${reproduced.of} times`}</p>
<table><tbody>
<tr><th scope="row">Rule</th><td>${rule}</td></tr>
<tr><th scope="row">Source</th><td>${source.map(({ text, url }) => html`${link(url, text)} `)}</td></tr>
${row('Want', want)}${row('Got', got)}${row('Harm', harm)}${row('Not asserted', guard)}
</tbody></table>
<h2>What happened</h2>
${renderPicture(timeline, `The history that shows ${id}`)}
<pre>${renderTimeline(timeline).join('\n')}</pre>
<h2>See it again</h2>
<pre>gatekit payments --contract … --replay ${id}.replay.json
node ${id}.repro.mjs</pre>`
  return renderDocument({ title: `${id} ${title}`, navigation, main, footer: footer() })
}

const navigation = html`<nav aria-label="Pages"><a href="index.html">All probes</a></nav>`

const footer = (): Markup => html`<p>Written by gatekit payments. The verdict is the exit code.</p>`

const row = (name: string, text: string | undefined): Markup =>
  text ? html`<tr><th scope="row">${name}</th><td>${text}</td></tr>` : html``

/** All probes on one page, the findings first. */
export function renderIndexPage({ probes, summary, seed, dead }: PaymentsReport): string {
  const rank = ['RED', 'YELLOW', 'UNMEASURED', 'N/A', 'GREEN']
  const sorted = [...probes].sort((a, b) => rank.indexOf(a.verdict) - rank.indexOf(b.verdict))
  const counts = Object.entries(summary).map(([verdict, count]) => `${count} ${verdict}`)
  const name = ({ id, title, verdict }: ProbeReport) =>
    link(verdict === 'RED' || verdict === 'YELLOW' ? `${id}.html` : undefined, `${id} ${title}`)
  const main = html`<h1>Payments gate</h1>
<p>${counts.join(', ')}; seed ${seed}${dead && html`; ${dead}`}</p>
<table><thead><tr><th scope="col">Verdict</th><th scope="col">Probe</th><th scope="col">What was seen</th></tr></thead><tbody>
${sorted.map((probe) => html`<tr><td>${probe.verdict}</td><td>${name(probe)}</td><td>${probe.reason}</td></tr>`)}
</tbody></table>`
  return renderDocument({ title: 'Payments gate', main, footer: footer() })
}
