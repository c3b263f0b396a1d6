import { readdir } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'

/** True for a pattern that has to be expanded. */
export const isGlob = (pattern: string): boolean => /[*?{]/.test(pattern)

/** Paths of a file pattern (`*`, `**`, `?`, `{a,b}`) as a regular expression. */
export function globExpression(pattern: string): RegExp {
  const source = pattern.replace(/^\.\//, '').replace(/\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[\\^$.|+()[\]{}]/g, (token) => {
    if (token === '**/') return '(?:[^/]+/)*'
    if (token === '**') return '.*'
    if (token === '*') return '[^/]*'
    if (token === '?') return '[^/]'
    if (token.length > 1) return `(?:${token.slice(1, -1).split(',').map(escapeLiteral).join('|')})`
    return `\\${token}`
  })
  return new RegExp(`^${source}$`)
}

const escapeLiteral = (text: string): string => text.replace(/[\\^$.|+()[\]{}*?]/g, '\\$&')

/** Absolute paths of the files below `dir` that a pattern matches, sorted; node_modules and hidden folders are not entered. */
export async function expandGlob(dir: string, pattern: string): Promise<string[]> {
  const fixed: string[] = []
  for (const part of pattern.split('/')) {
    if (isGlob(part)) break
    fixed.push(part)
  }
  const start = resolve(dir, fixed.join('/'))
  const expression = globExpression(pattern.split('/').slice(fixed.length).join('/'))
  const files = await filesBelow(start)
  return files.filter((file) => expression.test(relative(start, file).split(sep).join('/'))).sort()
}

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [])
  const nested = entries.map(async (entry) => {
    const path = join(dir, entry.name)
    if (entry.isFile()) return [path]
    const enters = entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')
    return enters ? filesBelow(path) : []
  })
  return (await Promise.all(nested)).flat()
}
