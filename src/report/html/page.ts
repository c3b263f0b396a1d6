import type { RunRecord } from '../../kernel/record.ts'
import { html, type Markup } from './markup.ts'
import { navigation } from './navigation.ts'
import { showTime } from './time.ts'

/** What the pages may load: their own stylesheet and pictures, nothing else, no script at all. */
export const contentPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"

export interface PageContent {
  title: string
  /** Its file, when the navigation leads to it. */
  current?: 'index.html' | 'history.html'
  main: Markup
  run: RunRecord
}

/** A page of the status site: head, navigation, content, footer. */
export function renderPage({ title, current, main, run }: PageContent): string {
  const footer = html`<p>Written by ${run.tool} after run <code>${run.runId}</code>, ${showTime(run.finishedAt)}. Command: <code>${run.command}</code></p>
    <p>This page is a copy of a record. The record is <code>tests.json</code>; the verdict is the exit code.</p>`
  return renderDocument({ title, navigation: navigation(['index.html', 'history.html'], current), main, footer })
}

/** The frame of every page. The stylesheet is `status.css` in the same folder as the page. */
export function renderDocument(parts: { title: string; navigation?: Markup; main: Markup; footer: Markup }): string {
  const { title, navigation, main, footer } = parts
  const page = html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex, nofollow">
  <meta name="referrer" content="no-referrer">
  <title>${title}</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="status.css">
</head>
<body>
  <a class="skip" href="#main">Skip to the content</a>
  <header class="top">
    <p class="brand">gatekit</p>
    ${navigation}
  </header>
  <main id="main" tabindex="-1">
${main}
  </main>
  <footer class="bottom">
    ${footer}
  </footer>
</body>
</html>
`
  return page.markup
}
