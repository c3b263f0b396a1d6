/** A node of the tree of paths: one level per segment. */
interface Node<T> {
  fixed: Map<string, Node<T>>
  variable?: Node<T>
  /** By verb. */
  targets: Map<string, Target<T>>
}

interface Target<T> {
  value: T
  names: string[]
}

export interface Route<T> {
  value: T
  /** Path parameters by name, decoded. */
  path: Record<string, string>
}

/** Finds what a verb and path stand for, in time that does not depend on how many there are. Fixed segments win over `{id}`. */
export class Router<T> {
  private readonly root: Node<T> = { fixed: new Map(), targets: new Map() }

  /** `template` is `/v1/refunds/{id}`. The first one added for a verb and path stays unless `replace`. */
  add(verb: string, template: string, value: T, replace = false): void {
    const names: string[] = []
    let node = this.root
    for (const segment of template.slice(1).split('/')) {
      if (segment.startsWith('{')) names.push(segment.slice(1, -1))
      node = childOf(node, segment)
    }
    if (replace || !node.targets.has(verb)) node.targets.set(verb, { value, names })
  }

  /** Undefined where nothing is there. An empty segment never matches. */
  find(verb: string, path: string): Route<T> | undefined {
    const segments = path.slice(1).split('/')
    const values: string[] = []
    const target = search(this.root, segments, 0, verb, values)
    if (!target) return undefined
    const params: Record<string, string> = {}
    for (let at = 0; at < target.names.length; at++) params[target.names[at]!] = decode(values[at]!)
    return { value: target.value, path: params }
  }
}

function childOf<T>(node: Node<T>, segment: string): Node<T> {
  if (segment.startsWith('{')) {
    node.variable ??= { fixed: new Map(), targets: new Map() }
    return node.variable
  }
  const known = node.fixed.get(segment)
  if (known) return known
  const made: Node<T> = { fixed: new Map(), targets: new Map() }
  node.fixed.set(segment, made)
  return made
}

function search<T>(
  node: Node<T>,
  segments: string[],
  at: number,
  verb: string,
  values: string[],
): Target<T> | undefined {
  if (at === segments.length) return node.targets.get(verb)
  const segment = segments[at]!
  const fixed = node.fixed.get(segment)
  const found = fixed && search(fixed, segments, at + 1, verb, values)
  if (found) return found
  if (!node.variable || segment === '') return undefined
  values.push(segment)
  const deeper = search(node.variable, segments, at + 1, verb, values)
  if (!deeper) values.pop()
  return deeper
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
