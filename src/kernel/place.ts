import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Place, Problem } from './errors.ts'
import { maskSecretLiterals } from './secret-literals.ts'

export type Path = readonly PropertyKey[]

/** A YAML text that was read once: its value, what is wrong with it, and where everything in it stands. */
export interface YamlSource {
  /** As shown to people: relative to where they are. */
  file: string
  text: string
  /** undefined when the text could not be understood. */
  value: unknown
  problems: Problem[]
  /** Where the value (or its key) at a path stands; the nearest thing that exists when the path does not. */
  place(path: Path, part?: 'key' | 'value'): Place
}

/** Reads one YAML document with unique keys. Never throws: what is wrong is in `problems`, with places; secrets in shown lines are starred. */
export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  const rows = text.split(/\r?\n/)

  const placeAt = (start: number, end: number): Place => {
    const { line, col } = lines.linePos(Math.min(start, text.length))
    const row = rows[line - 1] ?? ''
    const length = Math.max(1, Math.min(end - start, row.length - col + 1))
    return { file, line, column: col, text: maskSecretLiterals(row), length }
  }

  const problems: Problem[] = []
  let onlyDuplicates = true
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const isDuplicate = code === 'DUPLICATE_KEY'
    onlyDuplicates &&= isDuplicate
    const key = /^[^\s:]+/.exec(text.slice(pos[0]))?.[0] ?? ''
    problems.push({
      title: isDuplicate ? `duplicate key "${maskSecretLiterals(key)}"` : yamlTitle(message),
      place: placeAt(pos[0], isDuplicate ? pos[0] + key.length : pos[1]),
      ...(isDuplicate && { note: 'already given above' }),
      remedy: isDuplicate ? 'keep one of them; only one could have counted' : 'correct the YAML',
    })
  }

  let value: unknown
  try {
    if (onlyDuplicates) value = document.toJS({ maxAliasCount: 50 })
  } catch (error) {
    problems.push({ title: yamlTitle((error as Error).message), place: placeAt(0, 1), remedy: 'correct the YAML' })
  }

  const place = (path: Path, part: 'key' | 'value' = 'value'): Place => {
    let node: Node | null = document.contents
    let key: Node | undefined
    let found = true
    for (const segment of path) {
      const step = child(resolveAlias(node), segment)
      if (!step) {
        found = false
        break
      }
      key = step.key
      node = step.value
    }
    const target = found && part === 'value' && isScalar(node) && node.range ? node : (key ?? node)
    const [start, end] = target?.range ?? [0, 1]
    return placeAt(start, isScalar(target) ? end : start + 1)
  }

  const resolveAlias = (node: Node | null): Node | null =>
    isAlias(node) ? ((node.resolve(document) as Node | undefined) ?? null) : node

  return { file, text, value, problems, place }
}

function child(node: Node | null, segment: PropertyKey): { key?: Node; value: Node | null } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(segment)]
    return item ? { value: item as Node } : undefined
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment))
  return pair ? { key: pair.key as Node, value: pair.value as Node | null } : undefined
}

const yamlTitle = (message: string): string => `YAML: ${maskSecretLiterals(message.split('\n')[0] ?? '')}`
