import { html, type Markup } from '../../report/html/markup.ts'

export interface Row {
  /** The same for the same thing whenever the page is made: new ones are noticed by it. */
  key: string
  mark?: Markup
  main: Markup
  note?: Markup | string | undefined
  time?: Markup
}

/** Things in the order they happened, newest first: four columns, two lines each on a phone. */
export function rows(
  caption: string,
  columns: readonly [string, string, string, string],
  list: readonly Row[],
): Markup {
  const isMarked = list.some(({ mark }) => mark !== undefined && mark.markup !== '')
  return html`<div class="rows-frame"><table class="rows"><caption class="hidden">${caption}</caption>
    <thead><tr>${columns.slice(isMarked ? 0 : 1).map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
    <tbody>${list.map(
      ({ key, mark, main, note, time }) => html`<tr data-key="${key}">
      ${isMarked && html`<td class="row-mark">${mark}</td>`}<th scope="row" class="row-main">${main}</th><td class="row-note">${note}</td><td class="row-time">${time}</td></tr>`,
    )}</tbody></table></div>`
}

export const nothing = (text: Markup | string): Markup => html`<p class="nothing">${text}</p>`

export interface Facts {
  [name: string]: Markup | string | false | undefined
}

/** Names and values side by side; those without a value are left out. */
export function facts(values: Facts): Markup {
  const known = Object.entries(values).filter(([, value]) => value !== undefined && value !== false && value !== '')
  return html`<dl class="identity">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

/** Links to the pages before and behind this one. */
export function pager(newer: string | undefined, older: string | undefined): Markup {
  if (newer === undefined && older === undefined) return html``
  return html`<nav class="pager" aria-label="Pages of the list">
    ${newer === undefined ? html`<span></span>` : html`<a href="${newer}" rel="prev">Newer</a>`}
    ${older === undefined ? html`<span></span>` : html`<a href="${older}" rel="next">Older</a>`}</nav>`
}

/** A part of the page that the script keeps up to date. */
export const live = (id: string, body: Markup): Markup => html`<div id="${id}" data-live>${body}</div>`

export const section = (id: string, title: Markup | string, body: Markup): Markup =>
  html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`
