import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { writeFileAtomic } from '../../kernel/files.ts'
import type { GateRecord, HistoryEntry, RunRecord } from '../../kernel/record.ts'
import { renderGatePage } from './gate-page.ts'
import { renderHistoryPage } from './history-page.ts'
import { renderIndexPage } from './index-page.ts'
import { encodePath } from './markup.ts'
import { linkPages } from './navigation.ts'
import { sitePaths } from './paths.ts'
import { statusStylesheet } from './stylesheet.ts'

export interface StatusSiteOptions {
  /** Already redacted. */
  run: RunRecord
  /** Past runs, newest first, this one included. */
  history: readonly HistoryEntry[]
  /** Absolute path of the folder for the site, usually `qa/status`. */
  dir: string
  /** Absolute path that `outDir` of a gate is relative to; two levels above `dir` when absent. */
  projectDir?: string
  /** Absolute path that `docs` of a gate is relative to: where its gatekit.yaml stands; the project when absent. */
  docsDir?: string
}

/**
 * Writes the status site and returns its files, the overview last, so that a reader never follows a link to a page that is not there yet.
 * Pages of gates that no longer exist are removed.
 */
export async function writeStatusSite({
  run,
  history,
  dir,
  projectDir,
  docsDir,
}: StatusSiteOptions): Promise<string[]> {
  const project = projectDir ?? dirname(dirname(dir))
  const docs = await loadDocs(run, docsDir ?? project)
  const paths = sitePaths(run, {
    toProject: toUrl(relative(dir, project)),
    docs: (gate) => (gate.docs?.startsWith('https://') ? gate.docs : docs.get(gate.docs ?? '')?.name),
  })
  const pages: [string, string][] = [
    ['status.css', statusStylesheet()],
    ...[...docs.values()].map(({ name, text }): [string, string] => [name, text]),
    ...run.gates.map((_, index): [string, string] => [paths.gatePages[index]!, renderGatePage(run, index, paths)]),
    ['history.html', renderHistoryPage(run, history)],
    ['index.html', renderIndexPage(run, history, paths)],
  ]
  await mkdir(dir, { recursive: true })
  for (const [name, text] of pages) await writeFileAtomic(join(dir, name), text)
  await removeOthers(dir, new Set(pages.map(([name]) => name)))
  await linkPages(dir)
  return pages.map(([name]) => join(dir, name))
}

interface DocsCopy {
  /** File name beside the pages. */
  name: string
  text: string
}

/**
 * Copies of the project's own pages about the gates, by the path in the gate file: the site has to work where the project is not, as an
 * artefact of CI or behind a server that shows `qa/` only. As `.txt`, since browsers download Markdown instead of showing it.
 */
async function loadDocs(run: RunRecord, project: string): Promise<Map<string, DocsCopy>> {
  const copies = new Map<string, DocsCopy>()
  for (const { docs } of run.gates) {
    if (!docs || docs.startsWith('https://') || copies.has(docs)) continue
    const text = await loadText(project, docs)
    const slug = basename(docs.split('#')[0]!).replace(/\W+/g, '-')
    if (text !== undefined) copies.set(docs, { name: `docs-${copies.size + 1}-${slug}.txt`, text })
  }
  return copies
}

/** Undefined for what is missing, outside the project or too large to be a page of text. */
async function loadText(project: string, file: GateRecord['docs'] & string): Promise<string | undefined> {
  const path = resolve(project, file.split('#')[0]!)
  if (!path.startsWith(project + sep)) return undefined
  try {
    const content = await readFile(path)
    return content.length <= 1024 * 1024 && !content.includes(0) ? content.toString('utf8') : undefined
  } catch {
    return undefined
  }
}

async function removeOthers(dir: string, keep: ReadonlySet<string>): Promise<void> {
  const ours = (await readdir(dir)).filter((name) => /^(?:gate|docs)-[\w-]+\.(?:html|txt)$/.test(name))
  for (const name of ours.filter((each) => !keep.has(each))) await rm(join(dir, name), { force: true })
}

const toUrl = (path: string): string =>
  path
    .split(sep)
    .map((part) => (part === '..' ? part : (encodePath(part) ?? '.')))
    .join('/') || '.'
