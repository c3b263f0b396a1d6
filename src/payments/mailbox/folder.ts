import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Contract } from '../contract/schema.ts'

/** The folder where sent mails appear, absolute; undefined where the contract has none. */
export function mailFolderOf({ observe, dir }: Contract): string | undefined {
  const source = observe.mails?.source
  return source?.kind === 'directory' ? resolve(dir, source.dir) : undefined
}

/** What the contract must say so that mails can be sent and their files be looked at. */
export function needsMailFolder(contract: Contract): string | undefined {
  if (!contract.facts.notify) return 'facts.notify'
  return mailFolderOf(contract) === undefined ? 'observe.mails.dir' : undefined
}

/** Names of the `*.json` files; none where there is no folder. */
export function mailFiles(folder: string): string[] {
  return entriesOf(folder)
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.json'))
    .map(({ name }) => name)
}

/** Reads a file as it is now; undefined when it went away. */
export function readNow(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8')
  } catch {
    return undefined
  }
}

const deepest = 4
const mostEntries = 20_000
const passedOver = new Set(['node_modules', '.git', '.venv', '__pycache__'])

/**
 * Files outside a folder whose name has this word: below the contract's folder, beside the folders above the mails, and in the
 * folders named. Bounded in depth and number.
 */
export function strayFiles(
  word: string,
  { folder, dir, others }: { folder: string; dir: string; others: string[] },
): string[] {
  const budget = { left: mostEntries }
  const above = [dirname(folder), dirname(dirname(folder)), dirname(dirname(dirname(folder)))]
  const found = [
    ...named(dir, word, deepest, folder, budget),
    ...[...above, ...others].flatMap((each) => named(each, word, 0, folder, budget)),
  ]
  return [...new Set(found)]
}

function named(folder: string, word: string, depth: number, except: string, budget: { left: number }): string[] {
  if (folder === except) return []
  return entriesOf(folder).flatMap((entry) => {
    if (budget.left-- <= 0) return []
    const path = join(folder, entry.name)
    const own = entry.name.includes(word) ? [path] : []
    if (!entry.isDirectory() || depth === 0 || passedOver.has(entry.name)) return own
    return [...own, ...named(path, word, depth - 1, except, budget)]
  })
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
