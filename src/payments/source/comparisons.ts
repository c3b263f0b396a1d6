import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'

export interface Comparison {
  /** Relative to the folder of the contract. */
  file: string
  line: number
  text: string
}

const code = /\.(?:[cm]?[jt]sx?|py|rb|php|go|java|kt|cs|rs|ex|exs)$/
const others = new Set(['node_modules', '.git', 'dist', 'build', 'vendor', '__pycache__', '.venv', 'venv', 'target'])
const mostFiles = 5_000
const mostBytes = 1024 * 1024

/** A file that makes a keyed hash is one that may compare it. */
const makes = /createHmac|hmac\.new|hash_hmac|HMAC|Hmac|Mac\.getInstance|crypto:mac/
const comparison = /(?<![=!<>])(?:===?|!==?)(?!=)|\.equals\(/
const names = /\b\w*(?:signature|hmac|digest|expected|computed|mac)\w*\b/gi
/** Comparisons with constants and of lengths and types say nothing of a secret. */
const harmless =
  /\.length|len\(|typeof|\bnull\b|\bnil\b|\bNone\b|undefined|===?\s*['"`]|['"`]\s*===?|!==?\s*['"`]|===?\s*\d|^\s*(?:\/\/|#|\*)/

/** Lines of source code that compare a signature with == or the like; reads nothing else. */
export async function plainComparisons(
  paths: readonly string[],
  dir: string,
): Promise<{ files: number; found: Comparison[] }> {
  const files = (await Promise.all(paths.map((path) => filesUnder(resolve(dir, path))))).flat().slice(0, mostFiles)
  const found: Comparison[] = []
  for (const path of files.sort()) {
    const text = await readFile(path, 'utf8').catch(() => '')
    if (text.length > mostBytes || !makes.test(text)) continue
    for (const [index, line] of text.split('\n').entries())
      if (isPlain(line)) found.push({ file: relative(dir, path), line: index + 1, text: line.trim().slice(0, 120) })
  }
  return { files: files.length, found }
}

function isPlain(line: string): boolean {
  const at = comparison.exec(line)
  return at !== null && !harmless.test(line) && (line.match(names)?.length ?? 0) > 0
}

async function filesUnder(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return []
  if (found.isFile()) return code.test(path) ? [path] : []
  const entries = await readdir(path, { withFileTypes: true })
  const below = entries.filter(({ name }) => !others.has(name)).map(({ name }) => filesUnder(join(path, name)))
  return (await Promise.all(below)).flat()
}
