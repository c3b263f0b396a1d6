import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseDeclarations } from './parser.ts'
import { type Declaration, fileOf, type Link, type Scope } from './syntax.ts'

export interface Found {
  declaration: Declaration
  scope: Scope
  /** The name with its namespaces, within its file. */
  path: string[]
}

/** Links can lead in circles: where a look-up has been. */
interface Visit {
  scope: Scope
  name: string
}

/** The declaration files of one installed stripe package, each parsed once; names are resolved across them. */
export class Library {
  /** `esm/` of the package. */
  readonly root: string
  readonly files = new Map<string, Scope>()
  private readonly found = new Map<Scope, Map<string, Found | undefined>>()

  constructor(root: string) {
    this.root = root
    const resources = readdirSync(join(root, 'resources'), { recursive: true, encoding: 'utf8' })
    const names = resources.filter((name) => name.endsWith('.d.ts')).map((name) => join('resources', name))
    for (const name of [...names.sort(), 'shared.d.ts', 'lib.d.ts']) {
      const path = join(root, name)
      this.files.set(path, parseDeclarations(readFileSync(path, 'utf8'), path))
    }
  }

  /** Looks a dotted name up in a scope and outwards, as TypeScript does. */
  find(scope: Scope, name: string): Found | undefined {
    const memory = this.found.get(scope) ?? new Map<string, Found | undefined>()
    this.found.set(scope, memory)
    if (!memory.has(name)) memory.set(name, this.findOutwards(scope, name.split('.'), []))
    return memory.get(name)
  }

  /** The name a user of the package writes behind `Stripe.`: folders are namespaces unless the file repeats them. */
  publicName({ scope, path }: Found): string {
    const file = relative(join(this.root, 'resources'), fileOf(scope)).split('/')
    const folders = file.slice(0, -1).filter((folder) => folder !== '..')
    const repeated = folders.every((folder, at) => path[at] === folder)
    return (repeated ? path : [...folders, ...path]).join('.')
  }

  private findOutwards(scope: Scope | undefined, path: string[], seen: Visit[]): Found | undefined {
    if (!scope) return undefined
    return this.findWithin(scope, path, seen) ?? this.findOutwards(scope.parent, path, seen)
  }

  private findWithin(scope: Scope, path: string[], seen: Visit[]): Found | undefined {
    const name = path.join('.')
    if (seen.some((visit) => visit.scope === scope && visit.name === name)) return undefined
    seen.push({ scope, name })
    const [head, ...rest] = path as [string, ...string[]]
    const link = scope.links.get(head)
    return this.findDeclared(scope, head, rest, seen) ?? (link && this.follow(scope, link, rest, seen))
  }

  private findDeclared(scope: Scope, head: string, rest: string[], seen: Visit[]): Found | undefined {
    if (rest.length > 0) {
      const inner = scope.scopes.get(head)
      return inner && this.findWithin(inner, rest, seen)
    }
    const declaration = scope.types.get(head)
    // A namespace class of the same name as an imported type is only the holder of its resources.
    if (!declaration || (declaration.kind === 'class' && scope.links.has(head))) return undefined
    return { declaration, scope, path: [...namespacesOf(scope), head] }
  }

  private follow(scope: Scope, link: Link, rest: string[], seen: Visit[]): Found | undefined {
    const path = [...link.path, ...rest]
    if (link.from === undefined) return this.findOutwards(scope, path, seen)
    const target = this.files.get(resolve(dirname(fileOf(scope)), link.from.replace(/\.js$/, '.d.ts')))
    return target && path.length > 0 ? this.findWithin(target, path, seen) : undefined
  }
}

function namespacesOf(scope: Scope): string[] {
  return scope.parent ? [...namespacesOf(scope.parent), scope.name] : []
}
