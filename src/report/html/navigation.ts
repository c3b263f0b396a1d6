import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../kernel/files.ts'
import { html, type Markup } from './markup.ts'

const entries = [
  ['index.html', 'Overview'],
  ['history.html', 'History'],
  ['drill.html', 'Restore drill'],
] as const

/** Leads from one page of the status site to those of `pages` that every page links; `current` is the file that it stands in. */
export const navigation = (pages: readonly string[], current?: string): Markup =>
  html`<nav aria-label="Pages">
      ${entries.filter(([file]) => pages.includes(file)).map(([file, label]) => entry(file, label, file === current))}
    </nav>`

const entry = (target: string, label: string, isCurrent: boolean): Markup =>
  isCurrent ? html`<a href="${target}" aria-current="page">${label}</a> ` : html`<a href="${target}">${label}</a> `

const isOurs = (name: string): boolean => /^(?:index|history|drill|gate-[\w-]+)\.html$/.test(name)
const place = /(<p class="brand">gatekit<\/p>\s*)<nav aria-label="Pages">.*?<\/nav>/s

/**
 * Makes the pages in a folder lead to those that are there now: the overview is written by runs and the page of the drill by drills, in any
 * order. Files that are not ours stay as they are.
 */
export async function linkPages(dir: string): Promise<void> {
  const pages = (await readdir(dir)).filter(isOurs)
  for (const name of pages) {
    const path = join(dir, name)
    const text = await readFile(path, 'utf8')
    const linked = text.replace(place, (_, before: string) => before + navigation(pages, name).markup)
    if (linked !== text) await writeFileAtomic(path, linked)
  }
}
